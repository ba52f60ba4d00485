import type { Message } from '@parley/contract/message';
import type { SessionEvent } from '@parley/contract/session';
import { emptyContent, foldEvent } from './fold.ts';
import type { Command, Conversation, LogEntry, Run, RunEntry } from './state.ts';

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
      return entry.messages.reduce(addMessage, { ...state, loaded: true });
    case 'session':
      return addSessionEvent(state, entry.event);
    case 'submit':
      return choosePath({ ...state, pending: entry.pending }, entry.pending.parentId, true);
    case 'accepted':
      return settle(
        state.pending?.key === entry.key
          ? { ...state, pending: { ...state.pending, runId: entry.runId } }
          : state,
      );
    case 'refused':
      return state.pending?.key === entry.key
        ? { ...state, pending: { ...state.pending, error: entry.error } }
        : state;
    case 'dismiss':
      return { ...state, pending: undefined };
    case 'choose':
      return choosePath(state, entry.messageId, false);
  }
}

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

/** A message that is finished stays so: an older look at it that comes late changes nothing. */
function addMessage(state: Conversation, message: Message): Conversation {
  const known = state.messages[message.id];
  if (known && known.status !== 'streaming') return state;
  if (known && message.status === 'streaming' && !isLonger(message, known)) return state;
  return settle({ ...state, messages: { ...state.messages, [message.id]: message } });
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
