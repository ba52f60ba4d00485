import { branchTo, type Message } from '@parley/contract/message';
import type { Decision, StartRunBody } from '@parley/contract/run';
import { HttpError } from '@parley/service/errors';
import { requireDecisionsFor, waitingList, wasDecided, wroteOn } from './decisions.ts';

/** What a start of a run adds to the tree of messages. */
export interface RunPlan {
  /** The new user message; none when an existing message is answered again or continued. */
  user?: { text: string; parentId: string | null };
  /** The branch the agent answers, root first, without the new user message. */
  history: Message[];
  /** What the user decided of the calls that the last message of the branch waits with. */
  decisions?: readonly Decision[];
  /** True when that branch is summed up, not answered. */
  compact?: true;
}

/**
 * Where in the session's tree a run goes.
 * Throws when the parent is not in the session, is still being written, or is of the wrong kind.
 */
export function planRun(
  messages: readonly Message[],
  { parentId, text, attachments, decisions, compact }: StartRunBody,
  now: number,
): RunPlan {
  const history = branchTo(messages, parentId);
  const parent = history.at(-1);
  if (parentId !== null && !parent) {
    throw badRequest(
      'parentId',
      `no message "${parentId}" in this session: give the id of one of its messages, or null`,
    );
  }
  if (parent?.status === 'streaming') {
    throw new HttpError(
      'conflict',
      `message "${parent.id}" is still being written by run "${parent.runId}": wait for its end, or stop it first`,
    );
  }
  if (attachments && text === undefined)
    throw badRequest('attachments', 'attachments go with a message: give it a "text" too');
  const below = messages.filter((message) => message.parentId === parentId && !message.summary);
  if (decisions !== undefined) {
    requireDecisionsFor(parent, decisions, now);
    if (below.some(({ role }) => role === 'user')) throw wroteOn();
    return { history, decisions };
  }
  if (compact) {
    refuseNothingToSumUp(history);
    return { history, compact };
  }
  if (text !== undefined) {
    refuseBelowQuestion(parent);
    const next = parent?.status === 'waiting' ? below.find(({ role }) => role === 'assistant') : undefined;
    if (next) throw wasDecided(next);
    // Half a surrogate pair is no text: models' servers refuse it, with every later request of the branch.
    return { user: { text, parentId }, history };
  }
  refuseNothingToAnswer(history);
  return { history };
}

function refuseBelowQuestion(parent: Message | undefined): void {
  if (parent?.role !== 'user') return;
  throw badRequest(
    'parentId',
    `message "${parent.id}" is a user's: a new message goes below an answer or null. ` +
      'To answer it (again), leave "text" out; to edit it, give its own parentId',
  );
}

function refuseNothingToAnswer(history: readonly Message[]): void {
  const [parent, before] = [history.at(-1), history.at(-2)];
  if (!parent) throw badRequest('text', 'got neither a text nor a parent to answer: give at least one');
  if (parent.status === 'waiting') {
    throw badRequest(
      'decisions',
      `answer "${parent.id}" waits for your decision on ${waitingList(parent)}: give one for each, or a "text" to write on`,
    );
  }
  if (parent.role === 'user') return;
  if (parent.summary && parent.status !== 'finished') {
    throw badRequest(
      'parentId',
      `summary "${parent.id}" was cut and cannot be continued: give its own parentId with "compact" to have it written again`,
    );
  }
  if (parent.status !== 'finished' || (parent.summary && before?.role === 'user')) return;
  const what = parent.summary ? 'summary' : 'answer';
  throw badRequest(
    'parentId',
    `${what} "${parent.id}" is finished, so there is nothing to continue: give a "text", or the id of a user's message`,
  );
}

/** A message of the user's at the end is not summed up: the summary is made so that it can be answered. */
function refuseNothingToSumUp(history: readonly Message[]): void {
  const last = history.findLast(({ role }, i) => role === 'assistant' || i < history.length - 1);
  if (last && !(last.summary && last.status === 'finished')) return;
  throw badRequest(
    'parentId',
    last
      ? `nothing was said since the summary "${last.id}": go on below it`
      : 'there is nothing to sum up yet: give the id of a message that has others before it',
  );
}

function badRequest(field: string, message: string): HttpError {
  return new HttpError('bad-request', message, { field });
}
