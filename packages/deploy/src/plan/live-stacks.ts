import type { Prefix } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';

/** A stack as CloudFormation has it. */
export interface LiveStack {
  /** CloudFormation's name. */
  name: string;
  /** Such as `UPDATE_COMPLETE`. */
  status: string;
  /** Empty when CloudFormation gives none. */
  statusReason: string;
  /** When it was last changed or made. */
  changedAt: Date | undefined;
}

/** Every stack whose name begins with the prefix, by its name; deleted ones left out. */
export async function readLiveStacks(cloud: Cloud, prefix: Prefix): Promise<Map<string, LiveStack>> {
  const { StackStatus, paginateListStacks } = await import('@aws-sdk/client-cloudformation');
  const StackStatusFilter = Object.values(StackStatus).filter((status) => status !== 'DELETE_COMPLETE');
  const stacks = new Map<string, LiveStack>();
  const client = await cloud.cloudFormation();
  for await (const page of paginateListStacks({ client }, { StackStatusFilter })) {
    for (const { StackName = '', StackStatus: status = '', ...rest } of page.StackSummaries ?? []) {
      if (!StackName.startsWith(`${prefix}-`) || rest.ParentId !== undefined) continue;
      stacks.set(StackName, {
        name: StackName,
        status,
        statusReason: rest.StackStatusReason ?? '',
        changedAt: rest.LastUpdatedTime ?? rest.CreationTime,
      });
    }
  }
  return stacks;
}
