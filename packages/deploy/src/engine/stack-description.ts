import type { Stack } from '@aws-sdk/client-cloudformation';
import type { Cloud } from '../cloud/connect.ts';
import type { LiveStack } from '../plan/live-stacks.ts';

/** One stack as CloudFormation describes it. */
export interface StackDescription extends LiveStack {
  /** ARN: it outlives the stack, unlike the name. */
  id: string;
  terminationProtection: boolean;
}

/** A stack by name or ARN; undefined when there is none, or only the memory of one. */
export async function describeStack(cloud: Cloud, name: string): Promise<StackDescription | undefined> {
  const { DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = await cloud.cloudFormation();
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const [stack] = Stacks;
    return stack === undefined || stack.StackStatus === 'DELETE_COMPLETE' ? undefined : description(stack);
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

function description(stack: Stack): StackDescription {
  return {
    name: stack.StackName ?? '',
    id: stack.StackId ?? '',
    status: stack.StackStatus ?? '',
    statusReason: stack.StackStatusReason ?? '',
    changedAt: stack.LastUpdatedTime ?? stack.CreationTime,
    terminationProtection: stack.EnableTerminationProtection ?? false,
  };
}

/** Whether CloudFormation is at work on it. A change set that waits to be executed is no work. */
export function isBusy(status: string): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
}

/** The command that shows what CloudFormation does to a stack. */
export function lookCommand(name: string, region: string): string {
  return `aws cloudformation describe-stack-events --stack-name ${name} --region ${region} --max-items 20`;
}
