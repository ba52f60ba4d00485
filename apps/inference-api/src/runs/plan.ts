import { branchTo, type Message } from '@parley/contract/message';
import type { Decision, StartRunBody } from '@parley/contract/run';
import { HttpError } from '@parley/service/errors';
import { requireDecisionsFor, waitingList } from './decisions.ts';

/** What a start of a run adds to the tree of messages. */
export interface RunPlan {
  /** The new user message; none when an existing message is answered again or continued. */
  user?: { text: string; parentId: string | null };
  /** The branch the agent answers, root first, without the new user message. */
  history: Message[];
  /** What the user decided of the calls that the last message of the branch waits with. */
  decisions?: readonly Decision[];
}

/**
 * Where in the session's tree a run goes.
 * Throws when the parent is not in the session, is still being written, or is of the wrong kind.
 */
export function planRun(
  messages: readonly Message[],
  { parentId, text, attachments, decisions }: StartRunBody,
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
  if (decisions !== undefined) {
    requireDecisionsFor(parent, decisions, now);
    return { history, decisions };
  }
  if (text !== undefined) {
    refuseBelowQuestion(parent);
    // Half a surrogate pair is no text: models' servers refuse it, with every later request of the branch.
    return { user: { text, parentId }, history };
  }
  refuseNothingToAnswer(parent);
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

function refuseNothingToAnswer(parent: Message | undefined): void {
  if (!parent) throw badRequest('text', 'got neither a text nor a parent to answer: give at least one');
  if (parent.status === 'waiting') {
    throw badRequest(
      'decisions',
      `answer "${parent.id}" waits for your decision on ${waitingList(parent)}: give one for each, or a "text" to write on`,
    );
  }
  if (parent.role === 'user' || parent.status !== 'finished') return;
  throw badRequest(
    'parentId',
    `answer "${parent.id}" is finished, so there is nothing to continue: give a "text", or the id of a user's message`,
  );
}

function badRequest(field: string, message: string): HttpError {
  return new HttpError('bad-request', message, { field });
}
