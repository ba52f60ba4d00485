/** Compares what clients saw with what stands in the tables. It knows nothing of how the service works. */
import { isDeepStrictEqual } from 'node:util';
import { foldRun, messageText, type Message } from '@parley/contract/message';
import { eventId, type StreamEvent } from '@parley/contract/stream';
import type { RunLog } from '@parley/store/run-log';
import type { Connection, RunStory, Story } from './story.ts';

export type Batch = Awaited<ReturnType<RunLog['read']>>[number];

/** What stands in the tables of one stream's session. */
export interface StoredSession {
  messages: readonly Message[];
  /** The log of each run, by the run's id: its batches without a gap, and the one with the highest number. */
  logs: ReadonlyMap<string, { batches: readonly Batch[]; last: Batch | undefined }>;
  /** How often the tool was called, by run. */
  toolCalls: ReadonlyMap<string, number>;
}

/**
 * - `lost`: an event of the log that was not shown. `doubled`: one that was shown twice over one connection.
 * - `disordered`: one shown before an earlier one. `altered`: one shown with other bytes than it has in the log,
 *   or that is not in the log.
 * - `log`: batches with gaps, behind the seal, or none that seals. `message`: one that is not what the log amounts to.
 * - `twice`: a run that was executed more than once. `unanswered`: a stream that did not come to its end.
 */
export const faultKinds = [
  'lost',
  'doubled',
  'disordered',
  'altered',
  'log',
  'message',
  'twice',
  'unanswered',
] as const;

/** A promise that was not kept. */
export interface Violation {
  kind: (typeof faultKinds)[number];
  stream: number;
  detail: string;
}

/** Everything about one stream that is not as promised. `answer` is the whole text of an answer that was not cut. */
export function judge(story: Story, stored: StoredSession, answer: string): Violation[] {
  const found: Omit<Violation, 'stream'>[] = [];
  const report: Report = (kind, detail) => void found.push({ kind, detail });
  if (story.gaveUp !== undefined) report('unanswered', story.gaveUp);
  for (const run of story.runs) judgeRun(run, stored, report);
  judgeSession(story, stored, answer, report);
  return found.map((each) => ({ ...each, stream: story.stream }));
}

type Report = (kind: Violation['kind'], detail: string) => void;

function judgeRun(run: RunStory, { logs, messages, toolCalls }: StoredSession, report: Report): void {
  const { batches, last } = logs.get(run.runId) ?? { batches: [], last: undefined };
  const events = batches.flatMap((batch) => batch.events);
  judgeLog(run.runId, batches, last, report);
  for (const connection of run.connections) judgeConnection(run.runId, connection, events, report);
  const seen = new Map(run.connections.flatMap((each) => each.events.map(({ id, data }) => [id, data])));
  for (const n of events.keys()) {
    if (!seen.has(eventId(run.runId, n))) report('lost', `run ${run.runId}: nobody saw event ${n}`);
  }
  if ((toolCalls.get(run.runId) ?? 0) > 1) report('twice', `run ${run.runId} called its tool again`);
  const inOrder = [...events.keys()].flatMap((n) => seen.get(eventId(run.runId, n)) ?? []);
  judgeMessage(run, batches, inOrder, messages, report);
}

function judgeLog(runId: string, batches: readonly Batch[], last: Batch | undefined, report: Report): void {
  let first = 0;
  for (const [n, batch] of batches.entries()) {
    if (batch.n !== n || batch.first !== first)
      report('log', `run ${runId}: batch ${batch.n} from event ${batch.first} stands where ${n} was due`);
    if (batch.seal && n < batches.length - 1) report('log', `run ${runId}: batches stand behind its seal`);
    first += batch.events.length;
  }
  if (last?.n !== batches.at(-1)?.n)
    report('log', `run ${runId}: a batch is missing before batch ${last?.n}`);
  if (!last?.seal) report('log', `run ${runId} is not sealed`);
}

/** One connection shows the log without a gap, from the event that its client asked for. */
function judgeConnection(
  runId: string,
  { after, events }: Connection,
  log: readonly StreamEvent[],
  report: Report,
): void {
  const numbers = new Set<number>();
  let due = after + 1;
  for (const { id, data } of events) {
    const n = Number(id.slice(runId.length + 1));
    if (id !== eventId(runId, n)) report('altered', `run ${runId}: an event has the id ${id}`);
    if (numbers.has(n) || n <= after) report('doubled', `run ${runId}: event ${n} came again`);
    else if (n > due) report('lost', `run ${runId}: event ${n} came where ${due} was due`);
    else if (n < due) report('disordered', `run ${runId}: event ${n} came after ${due - 1}`);
    if (JSON.stringify(log[n]) !== data) report('altered', `run ${runId}: event ${n} was shown as ${data}`);
    numbers.add(n);
    due = Math.max(due, n + 1);
  }
}

/** What is stored is what the events amount to that a client saw. */
function judgeMessage(
  { runId, messageId }: RunStory,
  batches: readonly Batch[],
  seen: readonly string[],
  messages: readonly Message[],
  report: Report,
): void {
  const message = messages.find(({ id }) => id === messageId);
  const seal = batches.at(-1)?.seal;
  if (message?.status !== seal)
    return report('message', `run ${runId} ended ${seal}, its message ${message?.status}`);
  const shown = foldRun(seen.map((data) => JSON.parse(data) as StreamEvent));
  for (const [key, value] of Object.entries(shown)) {
    const held = message?.[key as keyof typeof shown];
    if (!isDeepStrictEqual(held, value))
      report(
        'message',
        `run ${runId}: ${key} is ${JSON.stringify(held)}, shown was ${JSON.stringify(value)}`,
      );
  }
}

/** One question, however often it was sent; and its answers together are the whole one, unless it was stopped. */
function judgeSession(story: Story, { messages }: StoredSession, answer: string, report: Report): void {
  const { runs } = story;
  if (messages.length !== 1 + runs.length)
    report(
      'twice',
      `the session has ${messages.length} messages; expected a question and ${runs.length} answers`,
    );
  const answers = runs.map(({ messageId }) => messages.find(({ id }) => id === messageId));
  const last = answers.at(-1)?.status;
  if (last !== 'finished' && !(last === 'stopped' && story.isStopped))
    report('unanswered', `the last answer ended ${last}`);
  const text = answers.map((each) => (each ? messageText(each) : '')).join('');
  if (last === 'finished' ? text !== answer : !answer.startsWith(text))
    report('message', `the answer is ${JSON.stringify(text)}`);
}
