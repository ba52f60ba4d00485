import type { AgentDefinition } from '@parley/contract/agent';
import type { Message } from '@parley/contract/message';
import { modelName, type Budget, type ModelSettings } from '@parley/contract/model';
import type { Decision, Seal } from '@parley/contract/run';
import type { RunProblem, TokenUsage } from '@parley/contract/stream';
import { waitingCalls } from '@parley/contract/waiting-calls';
import { BudgetMeter } from './budget.ts';
import { compactBranch } from './compact/compact.ts';
import { sinceSummary } from './context/since-summary.ts';
import { carryOut } from './decided-calls.ts';
import { errorText, RunError } from './errors.ts';
import type { StoreLargeOutput } from './event-size.ts';
import { defaultBackoff, type Backoff } from './guarded-model.ts';
import { fileBlocks, type ReadFile } from './files.ts';
import { kindsRead } from './file-kinds.ts';
import { modelHistory } from './history.ts';
import { createModel, type ModelOptions } from './models.ts';
import { raceSignal } from './race.ts';
import { RunEvents, type OnEvent } from './run-events.ts';
import { runLoop, type LoopRun, type ResolveAgent } from './run-loop.ts';
import type { ToolInvoker } from './tools.ts';

export interface RunAgentOptions {
  agent: AgentDefinition;
  /** A branch of the session, root first. It ends in the user's message, or in the cut answer to continue. */
  history: readonly Message[];
  /** What the user decided of the calls that the last message of the branch waits with, which is then gone on with. */
  decisions?: readonly Decision[];
  /** Writes a summary of `history` instead of answering it. Default false. */
  compact?: boolean;
  tools: ToolInvoker;
  /** Which model answers. `agent.model` is not looked at: the caller decides what wins. */
  model: ModelSettings;
  budget: Budget;
  /**
   * Ends the run at once. With the reason `'interrupted'` the run counts as interrupted by us, with
   * any other as stopped by the user.
   */
  signal: AbortSignal;
  /** Is awaited before the run goes on: a slow reader slows the model. What it throws, `runAgent` throws. */
  onEvent: OnEvent;
  /**
   * Resolves once every event that `onEvent` was given is kept for good: a call that the user approved is made then.
   * Default: they are as soon as `onEvent` resolves.
   */
  flush?: () => Promise<void>;
  context: {
    runId: string;
    /** Id of the assistant message that this run writes. */
    messageId: string;
    /** Id of the chat app. */
    app: string;
    /** `sub` of the user. */
    user: string;
  };
  /** Finds the agents that `agent.agents` names. Default: none is found. */
  resolveAgent?: ResolveAgent;
  /** Finds the content of files that messages name. Default: none can be read, which fails a run that needs one. */
  readFile?: ReadFile;
  /** Keeps tool output that is too large for an event. Default: such output is cut, with a note. */
  storeLargeOutput?: StoreLargeOutput;
  modelOptions?: ModelOptions;
  /** How a busy model is tried again. Default: 5 tries, waits of 1, 2, 4, 8 s with jitter, or as the server asks. */
  backoff?: Partial<Backoff>;
}

export interface RunOutcome {
  finish: Seal;
  /** Why the run failed. */
  error?: RunProblem;
  /** What was thrown, with its own causes: for logs, not for users. */
  cause?: unknown;
  usage: TokenUsage;
}

/** Tells the runner's own reasons to end a run from the caller's. */
const timeIsUp = Symbol('the time of the budget is up');

/**
 * Answers the last message of a branch: calls the model, runs the tools it asks for, and writes every
 * event of the run, from `start` to `finish`, `abort`, or `data-problem` and `error`.
 *
 * What a model or tool does wrong is an event and an outcome, never a rejection. Rejects only with
 * what `onEvent` throws; the model and the tools are ended then too.
 */
export async function runAgent(options: RunAgentOptions): Promise<RunOutcome> {
  const meter = new BudgetMeter(options.budget);
  const { onEvent, storeLargeOutput, flush } = options;
  const events = new RunEvents(onEvent, callIds(options.history), storeLargeOutput, flush);
  const ending = new AbortController();
  // A signal of its own: those of `AbortSignal.any` look at all their sources each time they are asked.
  const { signal } = ending;
  const follow = () => ending.abort(options.signal.reason);
  if (options.signal.aborted) follow();
  options.signal.addEventListener('abort', follow);
  const timer = setTimeout(() => ending.abort(timeIsUp), options.budget.seconds * 1_000);
  try {
    await events.start(options.context.messageId, options.context.runId, modelName(options.model));
    const finishReason = await raceSignal(loop(options, meter, events, signal), signal);
    const last = { type: 'finish' as const, finishReason, messageMetadata: { usage: { ...meter.usage } } };
    const waits = finishReason === 'tool-calls';
    await (waits ? events.wait(last) : events.end(last));
    return { finish: waits ? 'waiting' : 'finished', usage: meter.usage };
  } catch (error) {
    if (events.failure) throw events.failure.error;
    return await endEarly(options, meter, events, signal.reason === timeIsUp ? meter.timeReached() : error);
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', follow);
    ending.abort('the run has ended'); // whatever still runs must not outlive the run
  }
}

async function loop(options: RunAgentOptions, meter: BudgetMeter, events: RunEvents, signal: AbortSignal) {
  const { agent, model, tools, modelOptions = {}, context, resolveAgent } = options;
  const run: LoopRun = {
    meter,
    events,
    signal,
    invoker: tools,
    canAsk: true,
    context: { runId: context.runId, app: context.app, user: context.user },
    backoff: { ...defaultBackoff, ...options.backoff },
    createModel: (settings) => createModel(settings, modelOptions, signal),
    resolveAgent: resolveAgent ?? (() => Promise.resolve(undefined)),
  };
  if (options.compact) return compactBranch(run, { agent, model, branch: options.history });
  const branch = await decidedHistory(run, options);
  const { messages } = sinceSummary(branch);
  const files = await fileBlocks(messages, kindsRead(model), options.readFile ?? noFiles);
  const history = modelHistory(branch, files);
  return runLoop(run, { agent, model, history, path: [agent.id] });
}

/** The branch with what came of the calls that the user decided on; as it is, when there are none. */
async function decidedHistory(run: LoopRun, options: RunAgentOptions): Promise<readonly Message[]> {
  const { history, decisions, agent, context } = options;
  const last = history.at(-1);
  if (!last || !decisions) return history;
  const parts = await carryOut(run, agent.tools, waitingCalls(last), decisions);
  const { createdAt } = last;
  const ids = { id: context.messageId, parentId: last.id, createdAt };
  return [...history, { ...ids, role: 'assistant', status: 'streaming', parts }];
}

const noFiles: ReadFile = () => Promise.reject(new Error('runAgent was given no readFile'));

async function endEarly(
  { signal }: RunAgentOptions,
  { usage }: BudgetMeter,
  events: RunEvents,
  error: unknown,
): Promise<RunOutcome> {
  await events.usage(usage); // the model call that was cut may have been counted
  if (signal.aborted) {
    const reason = signal.reason === 'interrupted' ? 'interrupted' : 'stopped';
    await events.end({ type: 'abort', reason });
    return { finish: reason, usage };
  }
  const data = problemOf(error instanceof RunError ? error : internalError(error));
  await events.end({ type: 'data-problem', data }, { type: 'error', errorText: data.message });
  return { finish: 'failed', error: data, cause: error, usage };
}

function problemOf({ code, message, retryAfterSeconds }: RunError): RunProblem {
  const retryAt =
    retryAfterSeconds === undefined
      ? undefined
      : new Date(Date.now() + retryAfterSeconds * 1_000).toISOString();
  return { code, message: errorText(message), ...(retryAt !== undefined && { retryAt }) };
}

/** Neither the model nor a tool is at fault: `resolveAgent` failed, or this code is wrong. */
function internalError(cause: unknown): RunError {
  return new RunError('internal', 'Something went wrong on our side while answering. Ask again.', { cause });
}

function callIds(history: readonly Message[]): string[] {
  return history.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'dynamic-tool' ? [part.toolCallId] : [])),
  );
}
