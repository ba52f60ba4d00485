import type { StackEvent as CloudFormationEvent } from '@aws-sdk/client-cloudformation';
import type { Cloud } from '../cloud/connect.ts';

/** One event of a stack, as far as it matters here. */
export interface OperationEvent {
  logicalId: string;
  resourceType: string;
  status: string;
  reason: string;
  at: Date | undefined;
}

const stackType = 'AWS::CloudFormation::Stack';

/** The events of the last operation on a stack (a creation, an update or a removal), oldest first. */
export async function readOperation(cloud: Cloud, stackId: string): Promise<OperationEvent[]> {
  const { paginateDescribeStackEvents } = await import('@aws-sdk/client-cloudformation');
  const client = await cloud.cloudFormation();
  const found: OperationEvent[] = [];
  for await (const page of paginateDescribeStackEvents({ client }, { StackName: stackId })) {
    for (const event of page.StackEvents ?? []) {
      found.unshift(operationEvent(event));
      if (isBeginning(event)) return found;
    }
  }
  return found;
}

function operationEvent(event: CloudFormationEvent): OperationEvent {
  return {
    logicalId: event.LogicalResourceId ?? '',
    resourceType: event.ResourceType ?? '',
    status: event.ResourceStatus ?? '',
    reason: event.ResourceStatusReason ?? '',
    at: event.Timestamp,
  };
}

function isBeginning(event: CloudFormationEvent): boolean {
  return (
    event.ResourceType === stackType &&
    event.PhysicalResourceId === event.StackId &&
    /^(CREATE|UPDATE|DELETE|IMPORT)_IN_PROGRESS$/.test(event.ResourceStatus ?? '')
  );
}

/**
 * The resource whose failure began it: not the stack itself, and none of those that CloudFormation then cancelled.
 * Undefined when no resource failed.
 */
export function firstFailure(events: readonly OperationEvent[]): OperationEvent | undefined {
  const failed = events.filter(({ status }) => status.endsWith('_FAILED'));
  const resources = failed.filter(({ resourceType }) => resourceType !== stackType);
  return resources.find(({ reason }) => !isCancelled(reason)) ?? resources[0];
}

/** CloudFormation's words for a resource that it stopped because another one failed. */
function isCancelled(reason: string): boolean {
  return /^Resource (creation|update|deletion|import) cancelled/i.test(reason);
}
