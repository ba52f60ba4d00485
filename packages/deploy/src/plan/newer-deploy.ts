import { commitOrder } from '../git/commit-order.ts';
import type { DeployRecord } from '../record/record.ts';
import { by } from './stack-state.ts';
import type { LiveStack } from './live-stacks.ts';
import type { PlanInput, Reason } from './types.ts';

/** CloudFormation is through with it, and it stands. */
const stands = /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/;

/**
 * Why a stack is left as a newer commit has deployed it, or is about to; undefined when it is not. Several workflows
 * deploy at a time, and an older one that comes late must not undo what a newer one did. A commit that this clone
 * lacks was pushed later, most likely: only the stacks that were asked for are deployed over it.
 */
export async function newerDeploy(
  stack: string,
  record: DeployRecord | undefined,
  live: LiveStack | undefined,
  { keepNewer, root }: Pick<PlanInput, 'keepNewer' | 'root'>,
): Promise<Reason | undefined> {
  if (!keepNewer || record?.commit === undefined || record.outcome === 'failed') return undefined;
  const { commit } = record;
  if (!stands.test(live?.status ?? '')) return undefined;
  const order = await commitOrder(root, commit);
  if (order === 'not-newer' || (order === 'unknown' && keepNewer.asked.has(stack))) return undefined;
  const which = order === 'newer' ? 'a newer one' : 'one that this clone does not have';
  return {
    code: 'newer',
    text: `left as commit ${commit.slice(0, 7)}, ${which}, was deployed ${by(record)}`,
  };
}
