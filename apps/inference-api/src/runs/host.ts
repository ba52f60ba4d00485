import { runAgent } from '@parley/agent/agent';
import type { ModelOptions } from '@parley/agent/models';
import type { ToolInvoker } from '@parley/agent/tools';
import type { AgentDefinition } from '@parley/contract/agent';
import type { Message } from '@parley/contract/message';
import type { Budget, ModelSettings } from '@parley/contract/model';
import type { Decision, Seal } from '@parley/contract/run';
import type { StreamEvent } from '@parley/contract/stream';
import type { Log } from '@parley/service/log';
import type { Attachments } from '@parley/session-files/attachments';
import type { KeepLargeOutput } from '@parley/session-files/outputs';
import type { Clock } from '@parley/store/clock';
import { LogLostError } from '@parley/store/errors';
import type { ConversationStore, Run } from '@parley/store/conversations';
import type { RunLog } from '@parley/store/run-log';
import type { RunReader } from '@parley/store/run-reader';
import { createRunWriter, type BatchWindow, type RunWriter } from '@parley/store/run-writer';

export interface RunHostOptions {
  conversations: Pick<ConversationStore, 'renewLease' | 'settleRun'>;
  runLog: RunLog;
  reader: Pick<RunReader, 'publish'>;
  window: BatchWindow;
  tools: ToolInvoker;
  keepLargeOutput: KeepLargeOutput;
  attachments: Attachments;
  resolveAgent: (id: string) => Promise<AgentDefinition | undefined>;
  modelOptions?: ModelOptions;
  log: Log;
  clock?: Clock;
  /** Told when a run of this process has ended and is settled. */
  onEnded: (run: Run) => void;
}

/** A run to execute. `run` is committed: its writer is this execution. */
export interface RunTask {
  run: Run;
  agent: AgentDefinition;
  model: ModelSettings;
  budget: Budget;
  /** The branch to answer, or to sum up, root first. */
  history: readonly Message[];
  /** What the user decided of the calls that the last message of the branch waits with. */
  decisions?: readonly Decision[];
  compact?: true;
}

/** Executes runs in this process. They belong to it, not to any client that reads them. */
export interface RunHost {
  begin(task: RunTask): void;
  /** Says that a start is under way, which may end in `begin`: draining waits for it. Returns the same. */
  starting<T>(start: Promise<T>): Promise<T>;
  /** True while a run executes in this process. */
  isOpen(runId: string): boolean;
  /** True while nothing of a run of this process stands in its log: all of it will be published here. */
  isNew(runId: string): boolean;
  /** Stops a run of this process and resolves once it is settled; false when it is not running here. */
  stop(runId: string): Promise<boolean>;
  /** Resolves when every run has ended. Those still open when `timeIsUp` aborts are interrupted. */
  drain(timeIsUp: AbortSignal): Promise<void>;
}

export function createRunHost(options: RunHostOptions): RunHost {
  const open = new Map<string, { ending: AbortController; ended: Promise<void> }>();
  const unpublished = new Set<string>();
  const starts = new Set<Promise<unknown>>();
  const reader: RunHostOptions['reader'] = {
    publish(runId, batch) {
      unpublished.delete(runId);
      options.reader.publish(runId, batch);
    },
  };
  return {
    begin(task) {
      const { runId } = task.run;
      const ending = new AbortController();
      unpublished.add(runId);
      const ended = execute({ ...options, reader }, task, ending.signal).finally(() => {
        open.delete(runId);
        unpublished.delete(runId);
        options.onEnded(task.run);
      });
      open.set(runId, { ending, ended });
    },
    starting(start) {
      starts.add(start);
      return start.finally(() => starts.delete(start));
    },
    isOpen: (runId) => open.has(runId),
    isNew: (runId) => unpublished.has(runId),
    async stop(runId) {
      const running = open.get(runId);
      running?.ending.abort('stopped');
      await running?.ended;
      return running !== undefined;
    },
    async drain(timeIsUp) {
      const interrupt = () => open.forEach(({ ending }) => ending.abort('interrupted'));
      timeIsUp.addEventListener('abort', interrupt, { once: true });
      await Promise.allSettled(starts); // a service that stops takes no more of them
      if (timeIsUp.aborted) interrupt();
      await Promise.all([...open.values()].map(({ ended }) => ended));
    },
  };
}

/** Never rejects: what goes wrong ends the run, and is logged. */
async function execute(options: RunHostOptions, task: RunTask, ending: AbortSignal): Promise<void> {
  const { runLog, window, conversations, reader, log, clock } = options;
  const { runId, writerId, app, sessionId } = task.run;
  const publish: RunReader['publish'] = (id, batch) => reader.publish(id, batch);
  const writer = createRunWriter({
    log: runLog,
    leases: conversations,
    runId,
    writerId,
    window,
    publish,
    ...(clock && { clock }),
  });
  writer.lost.addEventListener('abort', () => publishWinner(reader, runId, writer.lost.reason));
  try {
    const { seal, last } = await answer(options, task, writer, ending);
    const standing = await writer.seal(seal, last);
    await conversations.settleRun(task.run, writer.ended);
    log.info('run ended', { runId, sessionId, app, seal: standing ?? 'unknown' });
  } catch (error) {
    // The log stands as it is; whoever reads the session settles the rest.
    log.error('a run could not be settled', error, { runId, sessionId, app });
  }
}

/** Readers here learn at once that somebody else ended the run: until then they rely on its writer. */
function publishWinner(reader: RunHostOptions['reader'], runId: string, reason: unknown): void {
  if (reason instanceof LogLostError) reader.publish(runId, reason.standing);
}

/** Runs the agent; its last events are held back for the batch that seals the run. */
async function answer(
  options: RunHostOptions,
  task: RunTask,
  writer: RunWriter,
  ending: AbortSignal,
): Promise<{ seal: Seal; last: StreamEvent[] }> {
  const { run, agent, model, budget, history, decisions, compact = false } = task;
  const { runId, sessionId, messageId, app, owner: user } = run;
  const last: StreamEvent[] = [];
  try {
    const { finish, error, cause } = await runAgent({
      agent,
      model,
      budget,
      history,
      ...(decisions && { decisions }),
      compact,
      tools: options.tools,
      signal: AbortSignal.any([ending, writer.lost]),
      context: { runId, messageId, app, user },
      onEvent: (event) => (isLast(event) ? void last.push(event) : writer.write(event)),
      flush: () => writer.flush(),
      resolveAgent: options.resolveAgent,
      readFile: ({ url }) => {
        const id = url.split('/').at(-1) ?? '';
        return options.attachments.read({ owner: user, sessionId, id });
      },
      storeLargeOutput: (json) => keepOutput(options, { owner: user, sessionId, runId }, json),
      ...(options.modelOptions && { modelOptions: options.modelOptions }),
    });
    if (finish === 'failed') {
      const reason = cause instanceof Error ? { cause: cause.message } : {};
      options.log.warn('a run failed', { runId, app, ...error, ...reason });
    }
    return { seal: finish, last };
  } catch (error) {
    if (!writer.lost.aborted) options.log.error('a run failed', error, { runId, app });
    return { seal: 'failed', last: failure };
  }
}

/** The agent goes on with the beginning of an output that cannot be kept; why it cannot is for the log. */
async function keepOutput(
  { keepLargeOutput, log }: RunHostOptions,
  place: Parameters<KeepLargeOutput>[0],
  json: string,
): Promise<string> {
  try {
    return await keepLargeOutput(place, json);
  } catch (error) {
    log.error('a large tool output could not be kept', error, { runId: place.runId, bytes: json.length });
    throw error;
  }
}

/** What a run waits for stands with its seal, or not at all. */
function isLast({ type }: StreamEvent): boolean {
  return (
    type === 'finish' ||
    type === 'abort' ||
    type === 'data-problem' ||
    type === 'error' ||
    type === 'data-tool-approval'
  );
}

const failureText = 'Something went wrong on our side while answering. Ask again.';
const failure: StreamEvent[] = [
  { type: 'data-problem', data: { code: 'internal', message: failureText } },
  { type: 'error', errorText: failureText },
];
