import { setTimeout as delay } from 'node:timers/promises';
import { DeployError } from '../errors.ts';
import { decideAgain } from '../plan/plan.ts';
import { stackState } from '../plan/stack-state.ts';
import { statefulTypes } from '../plan/stateful-types.ts';
import type { PlannedStack } from '../plan/types.ts';
import type { DeployContext } from './context.ts';
import { readOperation } from './operation-events.ts';
import { removeStack } from './remove-stack.ts';
import { type StackDescription, describeStack, isBusy, lookCommand } from './stack-description.ts';

/**
 * Brings a stack into a state that CloudFormation takes a change from: waits for what is under way, and removes what
 * a failed creation left.
 * @returns the stack as it is decided then
 * @throws DeployError when somebody else is at work on it, or CloudFormation waits for somebody to mend it
 */
export async function makeReady(planned: PlannedStack, context: DeployContext): Promise<PlannedStack> {
  for (let current = planned; ;) {
    const live = await describeStack(context.cloud, current.name);
    if (!live || live.status === 'REVIEW_IN_PROGRESS') return current;
    if (isBusy(live.status)) {
      await waitForOthers(current, live, context);
      current = await decidedAgain(current, context);
      if (current.action === 'skip') return current;
    } else if (live.status === 'ROLLBACK_COMPLETE') {
      await removeFailedCreation(current, live, context);
    } else {
      const { blocked } = stackState(current.stack, live, undefined, {
        ...context.plan.input,
        region: context.cloud.region,
      });
      if (blocked) throw new DeployError(blocked.code, `${current.stack}: ${blocked.text}`, blocked);
      return current;
    }
  }
}

/** The stack as things stand now; one that cannot be deployed any more stays as it is and fails by that. */
export async function decidedAgain(planned: PlannedStack, { plan }: DeployContext): Promise<PlannedStack> {
  const [again] = await decideAgain(plan, [planned.stack]);
  return again ?? planned;
}

/** What an earlier run of the same person began is waited for; what others do, only when asked to. */
async function waitForOthers(
  planned: PlannedStack,
  live: StackDescription,
  context: DeployContext,
): Promise<void> {
  const { cloud, report, origin, wait, pollMs, signal } = context;
  const { record = planned.record } = await decidedAgain(planned, context);
  const who = record?.outcome === 'started' ? record.who : undefined;
  const isCleanup = live.status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS';
  const text = await busyText(planned.stack, live, who, context);
  if (!isCleanup && !wait && who !== origin.who) {
    throw new DeployError('in-progress', text, {
      nextStep: `Run this again with --wait, or when it is through. To look at it: ${lookCommand(live.name, cloud.region)}`,
    });
  }
  report({ type: 'stack', stack: planned.stack, state: 'waiting', detail: text });
  for (let now: StackDescription | undefined = live; now && isBusy(now.status);) {
    await delay(pollMs, undefined, { signal });
    now = await describeStack(cloud, live.id);
  }
}

async function busyText(
  stack: string,
  { id, status, changedAt }: StackDescription,
  who: string | undefined,
  { cloud }: DeployContext,
): Promise<string> {
  const last = (await readOperation(cloud, id)).at(-1);
  const since = changedAt ? ` since ${time(changedAt)}` : '';
  const by = who === undefined ? ', begun by somebody who recorded nothing' : `, begun by ${who}`;
  const event = last
    ? `; last: ${last.logicalId} ${last.status}${last.at ? ` at ${time(last.at)}` : ''}`
    : '';
  return `${stack}: CloudFormation is at work on it (${status}${since}${by}${event}).`;
}

/** A stack whose creation failed can only be removed. Not when CloudFormation kept what may hold data. */
async function removeFailedCreation(
  { stack, name }: PlannedStack,
  live: StackDescription,
  context: DeployContext,
): Promise<void> {
  const { cloud, report } = context;
  const kept = await keptData(live.id, context);
  const remove = `aws cloudformation delete-stack --stack-name ${name} --region ${cloud.region}`;
  if (kept.length > 0) {
    throw new DeployError(
      'rolled-back',
      `${stack}: its creation failed and was rolled back, but CloudFormation kept what may hold data: ${kept.join(', ')}.`,
      {
        nextStep: `Look at what it holds. Then run \`${remove}\`, which leaves it in the account, and this command again.`,
      },
    );
  }
  const text = 'its creation failed and was rolled back: what is left is removed, and it is created anew';
  report({ type: 'note', stack, text });
  await removeStack(live, { ...context, stack });
}

async function keptData(id: string, { cloud }: DeployContext): Promise<string[]> {
  const { paginateListStackResources } = await import('@aws-sdk/client-cloudformation');
  const client = await cloud.cloudFormation();
  const kept: string[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: id })) {
    for (const {
      LogicalResourceId,
      ResourceType = '',
      ResourceStatus,
      ...rest
    } of page.StackResourceSummaries ?? []) {
      if (!statefulTypes.has(ResourceType) || ResourceStatus === 'DELETE_COMPLETE') continue;
      if (rest.PhysicalResourceId === undefined || ResourceStatus === 'CREATE_FAILED') continue;
      kept.push(`${LogicalResourceId} (${ResourceType} ${rest.PhysicalResourceId})`);
    }
  }
  return kept;
}

function time(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
