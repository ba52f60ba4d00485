import type { LambdaToolDefinition } from '@parley/contract/agent';
import type { ToolPart } from '@parley/contract/message';
import type { Decision } from '@parley/contract/run';
import { withProgress } from './call-progress.ts';
import type { Decided } from './run-events.ts';
import type { LoopRun } from './run-loop.ts';
import { settled, tellOutcome } from './run-tools.ts';
import type { ToolOutcome } from './tools.ts';

/**
 * Makes the calls that the user approved, with the input that was stored, and refuses the others. Resolves to the
 * parts that the answer begins with, outputs whole. A call without a decision counts as declined.
 */
export async function carryOut(
  run: LoopRun,
  tools: readonly LambdaToolDefinition[],
  calls: readonly ToolPart[],
  decisions: readonly Decision[],
): Promise<ToolPart[]> {
  const decided = calls.map((call) => {
    const { toolCallId: _, ...what } = decisions.find(({ toolCallId }) => toolCallId === call.toolCallId) ?? {
      toolCallId: call.toolCallId,
      decision: 'declined' as const,
    };
    return { call, decided: what };
  });
  await run.events.startStep();
  for (const each of decided) await run.events.decidedCall(each.call, each.decided);
  // A call that nobody finds on record could be paid for, and asked for again.
  await run.events.kept();
  run.signal.throwIfAborted();
  const parts = await Promise.all(decided.map((each) => carryOutOne(run, tools, each.call, each.decided)));
  await run.events.finishStep();
  return parts;
}

async function carryOutOne(
  run: LoopRun,
  tools: readonly LambdaToolDefinition[],
  call: ToolPart,
  decided: Decided,
): Promise<ToolPart> {
  const began = performance.now();
  const outcome = decided.decision === 'approved' ? await made(run, tools, call) : declined(decided.reason);
  const durationMs = decided.decision === 'approved' ? Math.round(performance.now() - began) : undefined;
  await tellOutcome(run.events, call.toolCallId, outcome, durationMs);
  const part = { ...call, approval: decided };
  return outcome.ok
    ? { ...part, state: 'output-available', output: outcome.output }
    : { ...part, state: 'output-error', errorText: outcome.error.message };
}

async function made(
  { invoker, context, signal, events }: LoopRun,
  tools: readonly LambdaToolDefinition[],
  { toolName, toolCallId, input }: ToolPart,
): Promise<ToolOutcome> {
  const tool = tools.find(({ name }) => name === toolName);
  if (!tool) return refusal('tool-unavailable', `The tool "${toolName}" is not there any more.`);
  return withProgress(events, toolCallId, (onProgress) => {
    const call = { tool, input, context: { ...context, toolCallId }, signal, onProgress };
    return settled(toolName, invoker.invoke(call), signal);
  });
}

function declined(reason: string | undefined): ToolOutcome {
  return refusal('declined', reason ? `Declined by the user: ${reason}` : 'Declined by the user.');
}

function refusal(code: 'tool-unavailable' | 'declined', message: string): ToolOutcome {
  return { ok: false, error: { code, message } };
}
