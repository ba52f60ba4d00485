import { setTimeout as delay } from 'node:timers/promises';
import type { Cloud } from '../cloud/connect.ts';
import { DeployError } from '../errors.ts';
import type { Report } from './events.ts';
import { type OperationEvent, firstFailure, readOperation } from './operation-events.ts';
import { type StackDescription, describeStack, lookCommand } from './stack-description.ts';

export interface RemoveOptions {
  cloud: Cloud;
  /** Unscoped name, for the report. */
  stack: string;
  pollMs: number;
  report: Report;
  signal: AbortSignal;
  /** Called when CloudFormation has begun. */
  onExecuting?: () => void;
}

/**
 * Removes a stack and waits until it is gone.
 * @returns what CloudFormation did, in order
 * @throws DeployError `delete-failed` naming the first resource that stays
 */
export async function removeStack(
  { id, name }: Pick<StackDescription, 'id' | 'name'>,
  { cloud, stack, pollMs, report, signal, onExecuting }: RemoveOptions,
): Promise<OperationEvent[]> {
  const { DeleteStackCommand } = await import('@aws-sdk/client-cloudformation');
  report({ type: 'stack', stack, state: 'removing' });
  await (await cloud.cloudFormation()).send(new DeleteStackCommand({ StackName: id }));
  onExecuting?.();
  const began = performance.now();
  let told = 0;
  for (;;) {
    const now = await describeStack(cloud, id);
    const events = await readOperation(cloud, id);
    for (const event of events.slice(told)) tell(event, events);
    told = events.length;
    if (now === undefined) return events;
    if (now.status === 'DELETE_FAILED') throw deleteFailed(stack, name, cloud.region, now, events);
    await delay(pollMs, undefined, { signal });
  }

  function tell(event: OperationEvent, events: readonly OperationEvent[]): void {
    if (event.resourceType === 'AWS::CloudFormation::Stack') return;
    report({
      type: 'resource',
      stack,
      logicalId: event.logicalId,
      resourceType: event.resourceType,
      status: event.status,
      ...(event.reason === '' ? {} : { reason: event.reason }),
      seconds: (performance.now() - began) / 1000,
      done: events.filter(({ status }) => /^DELETE_(COMPLETE|SKIPPED)$/.test(status)).length,
      of: undefined,
    });
  }
}

function deleteFailed(
  stack: string,
  name: string,
  region: string,
  { statusReason }: StackDescription,
  events: readonly OperationEvent[],
): DeployError {
  const failed = firstFailure(events);
  const what = failed
    ? `${failed.logicalId} (${failed.resourceType}) could not be removed: ${failed.reason}`
    : `it could not be removed: ${statusReason}`;
  return new DeployError('delete-failed', `${stack}: ${what}`, {
    nextStep: failed
      ? `Mend that and run the same command again; or leave it behind: aws cloudformation delete-stack ` +
        `--stack-name ${name} --region ${region} --retain-resources ${failed.logicalId}`
      : `Look at it: ${lookCommand(name, region)}`,
  });
}
