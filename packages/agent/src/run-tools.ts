import type { AgentDefinition, LambdaToolDefinition } from '@parley/contract/agent';
import { decisionsMax } from '@parley/contract/run';
import type { ToolCallContext } from '@parley/contract/tool';
import {
  TextBlock,
  Tool,
  ToolResultBlock,
  type JSONSchema,
  type ToolContext,
  type ToolSpec,
  type ToolStreamGenerator,
} from '@strands-agents/sdk';
import { expiryOf, judgeCall } from './approval.ts';
import { withProgress, type OnProgress } from './call-progress.ts';
import { errorText, type ToolFailure } from './errors.ts';
import { fitModel } from './event-size.ts';
import { raceSignal } from './race.ts';
import type { RunEvents } from './run-events.ts';
import type { ToolInvoker, ToolOutcome } from './tools.ts';

interface Run {
  events: RunEvents;
  signal: AbortSignal;
  /** False in an agent that another agent asks: its question cannot wait for the user. */
  canAsk: boolean;
}

/** What came of a call, or that it is not made before the user approves it. */
type Work = (
  input: unknown,
  call: { toolCallId: string; onProgress: OnProgress },
) => Promise<ToolOutcome | { askUntil: string }>;

/** A tool the framework may call: runs `work`, tells the run's events, and never throws at the model. */
class RunTool extends Tool {
  override readonly toolSpec: ToolSpec;
  readonly #run: Run;
  readonly #work: Work;

  constructor(spec: ToolSpec, run: Run, work: Work) {
    super();
    this.toolSpec = spec;
    this.#run = run;
    this.#work = work;
  }

  override get name(): string {
    return this.toolSpec.name;
  }

  override get description(): string {
    return this.toolSpec.description;
  }

  // eslint-disable-next-line eslint/require-yield -- the framework wants a generator; a result is all we have
  override async *stream({ toolUse: { toolUseId, input } }: ToolContext): ToolStreamGenerator {
    const { events, signal } = this.#run;
    const began = performance.now();
    const toolCallId = events.openCallId(toolUseId);
    const outcome = await withProgress(events, toolUseId, (onProgress) =>
      settled(this.name, this.#work(input, { toolCallId, onProgress }), signal),
    );
    if ('askUntil' in outcome) {
      events.hold(toolUseId, outcome.askUntil);
      return toolResultBlock(toolUseId, 'error', 'This call waits for approval.'); // no model reads it
    }
    await tellOutcome(events, toolUseId, outcome, Math.round(performance.now() - began));
    return outcome.ok
      ? toolResultBlock(toolUseId, 'success', fitModel(outcome.output))
      : toolResultBlock(toolUseId, 'error', `${outcome.error.code}: ${errorText(outcome.error.message)}`);
  }
}

/** Races the signal, whatever the invoker does, and turns what it throws or garbles into an outcome. */
export async function settled<T extends ToolOutcome | { askUntil: string }>(
  name: string,
  work: Promise<T>,
  signal: AbortSignal,
): Promise<T | ToolOutcome> {
  try {
    const outcome = await raceSignal(work, signal);
    if ('output' in outcome) JSON.stringify(outcome.output); // what JSON cannot hold must fail here, where it can be worded
    return outcome;
  } catch (error) {
    signal.throwIfAborted();
    return failure('tool-failed', `The tool "${name}" failed: ${errorText(error, 500)}`);
  }
}

/** Writes what came of a call into the log. */
export async function tellOutcome(
  events: RunEvents,
  callId: string,
  outcome: ToolOutcome,
  durationMs?: number,
): Promise<void> {
  if (outcome.ok) await events.toolOutput(callId, outcome.output, durationMs ?? 0);
  else await events.toolError(callId, outcome.error.message, durationMs);
}

function failure(code: ToolFailure['code'], message: string): ToolOutcome {
  return { ok: false, error: { code, message } };
}

export function toolResultBlock(
  toolUseId: string,
  status: 'success' | 'error',
  text: string,
): ToolResultBlock {
  return new ToolResultBlock({ toolUseId, status, content: [new TextBlock(text.toWellFormed())] });
}

/** The agent's own tools. */
export function lambdaTools(
  tools: readonly LambdaToolDefinition[],
  invoker: ToolInvoker,
  context: Omit<ToolCallContext, 'toolCallId'>,
  run: Run,
): Tool[] {
  return tools.map((tool) => {
    const spec = { name: tool.name, description: tool.description, inputSchema: tool.input as JSONSchema };
    return new RunTool(spec, run, async (input, { toolCallId, onProgress }) => {
      const judged = judgeCall(tool, input);
      if (judged === 'call') {
        const call = { tool, input, context: { ...context, toolCallId }, signal: run.signal, onProgress };
        return invoker.invoke(call);
      }
      if (judged !== 'ask') return failure('invalid-input', judged.invalid);
      if (run.events.held >= decisionsMax) return failure('tool-unavailable', tooMany);
      if (!run.canAsk) return failure('tool-unavailable', cannotAsk(tool.name));
      return { askUntil: expiryOf(tool.approval, Date.now()) };
    });
  });
}

const tooMany = `The user is asked to approve ${decisionsMax} calls at once at most. Call it again later.`;

function cannotAsk(name: string): string {
  return `The tool "${name}" asks the user first, which only the agent that talks with the user can do. Say what you would have called it for.`;
}

/** Another agent as a tool: it is asked a question and answers with text. */
export function agentTool(
  agent: AgentDefinition,
  name: string,
  run: Run,
  ask: (question: string, onProgress: OnProgress) => Promise<string>,
): Tool {
  const spec = {
    name,
    description: `Ask the agent "${agent.id}"${agent.description ? `: ${agent.description}` : '.'}`,
    inputSchema: {
      type: 'object' as const,
      properties: {
        question: { type: 'string' as const, description: 'The whole question: it sees nothing else.' },
      },
      required: ['question'],
    },
  };
  return new RunTool(spec, run, async (input, { onProgress }) => {
    const question = (input as { question?: unknown } | null)?.question;
    if (typeof question !== 'string' || question.trim() === '') {
      return failure('invalid-input', 'question: expected a text that is not empty');
    }
    return { ok: true, output: { answer: await ask(question, onProgress) } };
  });
}
