import { type JsonObject, textAt } from '@parley/assembly/values';
import type { Cloud } from '../../cloud/connect.ts';
import { statefulTypes } from '../../plan/stateful-types.ts';
import type { DeployedStack } from './deployed-stack.ts';

/** A resource that removing its stack means something special for. */
export interface NamedResource {
  logicalId: string;
  type: string;
  physicalId: string;
}

export interface RemovalOfStack {
  /** Kept by its policy: it stays in the account, used by nothing. */
  retained: NamedResource[];
  /** Holds data and goes with the stack. */
  lost: NamedResource[];
}

/** What a stack's removal leaves and what it takes along. */
export async function removalOf(cloud: Cloud, { name, template }: DeployedStack): Promise<RemovalOfStack> {
  const { paginateListStackResources } = await import('@aws-sdk/client-cloudformation');
  const client = await cloud.cloudFormation();
  const removal: RemovalOfStack = { retained: [], lost: [] };
  for await (const page of paginateListStackResources({ client }, { StackName: name })) {
    for (const resource of page.StackResourceSummaries ?? []) {
      const { LogicalResourceId: logicalId = '', ResourceType: type = '' } = resource;
      const physicalId = resource.PhysicalResourceId ?? '';
      if (physicalId === '' || resource.ResourceStatus === 'DELETE_COMPLETE') continue;
      if (isRetained(template.Resources[logicalId])) removal.retained.push({ logicalId, type, physicalId });
      else if (statefulTypes.has(type)) removal.lost.push({ logicalId, type, physicalId });
    }
  }
  return removal;
}

function isRetained(resource: JsonObject | undefined): boolean {
  const policy = resource && textAt(resource, 'DeletionPolicy');
  return policy !== undefined && policy !== 'Delete';
}
