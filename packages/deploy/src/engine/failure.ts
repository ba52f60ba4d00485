import { examineBootstrap } from '../cloud/bootstrap.ts';
import { commandLine } from '../command-line.ts';
import { explain } from '../errors.ts';
import { stackState } from '../plan/stack-state.ts';
import type { PlannedStack } from '../plan/types.ts';
import type { DeployContext } from './context.ts';
import { firstFailure, readOperation } from './operation-events.ts';
import type { Problem } from './outcome.ts';
import { describeStack } from './stack-description.ts';

/**
 * Why a stack failed, for the user: of what CloudFormation did, the resource whose failure came first; else what the
 * thrown error means.
 */
export async function stackFailure(
  error: unknown,
  planned: PlannedStack,
  context: DeployContext,
  isExecuting: boolean,
): Promise<Problem> {
  const { code, message, nextStep } = explain(error);
  const told: Problem = {
    code,
    message: code === 'unknown' ? firstLines(message) : message,
    nextStep: nextStep ?? `Mend that, then run \`${deployCommand(planned, context)}\` again.`,
  };
  // AWS that cannot be asked at all cannot be asked why either.
  const isAskable = code === 'bootstrap-missing' || (isExecuting && code === 'unknown');
  if (!isAskable) return told;
  try {
    if (code === 'bootstrap-missing') return await bootstrapFailure(told, context);
    return (await resourceFailure(planned, context)) ?? told;
  } catch {
    return told;
  }
}

/** In the doctor's words: with account, region and the exact command. */
async function bootstrapFailure(told: Problem, { cloud }: DeployContext): Promise<Problem> {
  const found = await examineBootstrap(cloud);
  return 'problem' in found ? { ...told, message: found.problem, nextStep: found.nextStep } : told;
}

async function resourceFailure(planned: PlannedStack, context: DeployContext): Promise<Problem | undefined> {
  const { cloud } = context;
  const live = await describeStack(cloud, planned.name);
  const failed = live && firstFailure(await readOperation(cloud, live.id));
  if (!failed) return undefined;
  const { blocked } = stackState(planned.stack, live, undefined, {
    ...context.plan.input,
    region: cloud.region,
  });
  return {
    code: 'resource-failed',
    message: `${failed.logicalId} (${failed.resourceType}): ${failed.reason || failed.status}`,
    nextStep: blocked?.nextStep ?? afterRollback(live.status, deployCommand(planned, context)),
  };
}

function afterRollback(status: string, command: string): string {
  const state = status === 'UPDATE_ROLLBACK_COMPLETE' ? 'The stack is as it was before. ' : '';
  return `${state}Mend that, then run \`${command}\`.`;
}

function deployCommand({ stack }: PlannedStack, { plan }: DeployContext): string {
  return commandLine(`deploy ${stack}`, plan.input);
}

/** The toolkit's messages can hold a page of diagnosis. */
function firstLines(text: string): string {
  return text.trim().split('\n').slice(0, 4).join('\n');
}
