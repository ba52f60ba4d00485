import type { Message } from '@parley/contract/message';
import type { SessionEvent } from '@parley/contract/session';
import { emptyContent, foldEvent } from './fold.ts';
import type { Command, Conversation, LogEntry, Pending, Run, RunEntry, Said, SentFeedback } from './state.ts';

const rootKey = '';
const emptyRun: Run = { next: 0, content: emptyContent, held: {} };

/**
 * The one place where a conversation changes. Log entries may be repeated, cut anywhere, and arrive
 * in any order: whatever the way, the same entries give the same state.
 */
export function reduce(state: Conversation, entry: LogEntry | Command): Conversation {
  switch (entry.type) {
    case 'run':
      return addRunEvent(state, entry);
    case 'messages':
      return movedBelow(entry.messages.reduce(addMessage, { ...state, loaded: true }));
    case 'session':
      return addSessionEvent(state, entry.event);
    case 'wait':
      return { ...state, waiting: entry.waiting };
    case 'submit':
      return choosePath(submitted(state, entry.pending), entry.pending.parentId, true);
    case 'accepted':
      return settle(
        state.pending?.key === entry.key
          ? { ...state, pending: { ...state.pending, runId: entry.runId } }
          : state,
      );
    case 'refused':
      return state.pending?.key === entry.key
        ? movedBelow(refused(state, state.pending, entry.error))
        : state;
    case 'dismiss':
      return { ...state, pending: undefined };
    case 'choose':
      return choosePath(state, entry.messageId, false);
    case 'rate':
      return addSent(state, entry.messageId, { said: entry.said });
    case 'rated':
      return isNewest(state, entry) ? removeSent(state, entry.messageId) : state;
    case 'rating-refused':
      return isNewest(state, entry)
        ? addSent(state, entry.messageId, { said: entry.said, error: entry.error })
        : state;
  }
}

function submitted(state: Conversation, pending: Pending): Conversation {
  const waiting = state.waiting?.key === pending.key ? undefined : state.waiting;
  const { [pending.parentId ?? rootKey]: _, ...refusedDecisions } = state.refusedDecisions;
  return { ...state, pending, waiting, refusedDecisions };
}

/** A text waits for its mend; decisions do not: they are taken again, or others were taken meanwhile. */
function refused(state: Conversation, pending: Pending, error: NonNullable<Pending['error']>): Conversation {
  const { parentId, decisions } = pending;
  if (!decisions || parentId === null) return { ...state, pending: { ...pending, error } };
  const refusedDecisions = { ...state.refusedDecisions, [parentId]: error };
  return { ...state, pending: undefined, refusedDecisions };
}

/**
 * A message that was refused because its answer was decided meanwhile goes below what came of that, for the user to
 * see it and to send the message again, or not.
 */
function movedBelow(state: Conversation): Conversation {
  const { pending, messages } = state;
  if (!pending?.error || pending.text === undefined || pending.parentId === null) return state;
  if (messages[pending.parentId]?.status !== 'waiting') return state;
  const next = Object.values(messages).find(
    ({ parentId, role, summary }) => parentId === pending.parentId && role === 'assistant' && !summary,
  );
  if (!next) return state;
  const moved = { ...pending, parentId: next.id, error: { ...pending.error, message: decidedMeanwhile } };
  return movedBelow(choosePath({ ...state, pending: moved }, next.id, true));
}

const decidedMeanwhile =
  'What you wrote on was decided meanwhile, here or on another device. See what came of it, then send it again.';

function addRunEvent(state: Conversation, entry: RunEntry): Conversation {
  const run = state.runs[entry.runId] ?? emptyRun;
  if (entry.n < run.next || run.held[entry.n]) return state;
  let { next, content } = run;
  const held: Record<number, RunEntry> = { ...run.held, [entry.n]: entry };
  for (let ready = held[next]; ready; ready = held[next]) {
    delete held[next];
    content = foldEvent(content, ready.event);
    next += 1;
  }
  return { ...state, runs: { ...state.runs, [entry.runId]: { next, content, held } } };
}

/** Of two looks at a message, the one that knows more of the answer counts, and the one that knows more of its feedback. */
function addMessage(state: Conversation, look: Message): Conversation {
  const known = state.messages[look.id];
  const message = known ? mergeLooks(known, look) : look;
  return message === known
    ? state
    : settle({ ...state, messages: { ...state.messages, [message.id]: message } });
}

function mergeLooks(known: Message, look: Message): Message {
  const answer = saysMore(look, known) ? look : known;
  const rated = (look.feedbackRevision ?? 0) > (known.feedbackRevision ?? 0) ? look : known;
  if (answer === rated) return answer;
  const { feedback: _, feedbackRevision: __, ...content } = answer;
  const { feedback, feedbackRevision } = rated;
  return {
    ...content,
    ...(feedback && { feedback }),
    ...(feedbackRevision !== undefined && { feedbackRevision }),
  };
}

/** A message that is finished stays so: an older look at it that comes late says nothing new. */
function saysMore(look: Message, known: Message): boolean {
  return known.status === 'streaming' && (look.status !== 'streaming' || isLonger(look, known));
}

function isLonger(a: Message, b: Message): boolean {
  return JSON.stringify(a.parts).length > JSON.stringify(b.parts).length;
}

/** What was sent is no longer pending once its answer is among the messages; then it is on the path. */
function settle(state: Conversation): Conversation {
  const runId = state.pending?.runId;
  if (runId === undefined) return state;
  const answer = Object.values(state.messages).find((message) => message.runId === runId);
  if (!answer) return state;
  const settled = { ...state, pending: undefined };
  return answer.parentId !== null && !state.messages[answer.parentId]
    ? state
    : choosePath(settled, answer.id, false);
}

function addSessionEvent(state: Conversation, event: SessionEvent): Conversation {
  switch (event.type) {
    case 'session':
      return state.session && state.session.revision >= event.session.revision
        ? state
        : { ...state, session: event.session };
    case 'run-started':
      return state.open[event.runId]
        ? state
        : { ...state, open: { ...state.open, [event.runId]: event.messageId } };
    case 'run-ended':
      return { ...state, ended: { ...state.ended, [event.runId]: event.status } };
    case 'session-deleted':
      return { ...state, deleted: true };
    default:
      // A message that was added is fetched with its content.
      return state;
  }
}

/** Chooses every message from the root to this one; `toEnd` lets what comes below it be the newest. */
function choosePath(state: Conversation, messageId: string | null, toEnd: boolean): Conversation {
  const chosen = { ...state.chosen };
  if (toEnd) delete chosen[messageId ?? rootKey];
  let at = messageId === null ? undefined : state.messages[messageId];
  for (let steps = 0; at && steps <= Object.keys(state.messages).length; steps += 1) {
    chosen[at.parentId ?? rootKey] = at.id;
    at = at.parentId === null ? undefined : state.messages[at.parentId];
  }
  return { ...state, chosen };
}

function addSent(state: Conversation, messageId: string, sent: SentFeedback): Conversation {
  return { ...state, feedback: { ...state.feedback, [messageId]: sent } };
}

function removeSent(state: Conversation, messageId: string): Conversation {
  const { [messageId]: _, ...feedback } = state.feedback;
  return { ...state, feedback };
}

/** False when the user has said something else of the answer since. */
function isNewest(
  { feedback }: Conversation,
  { messageId, said }: { messageId: string; said: Said },
): boolean {
  const sent = feedback[messageId];
  return sent !== undefined && sent.said === said;
}
