import { Message, TextBlock } from '@strands-agents/sdk';
import type { History } from '../history.ts';
import { messageTokens } from './estimate.ts';
import { leftOutNote } from './notes.ts';
import { toolResultsOf, trimResults, trimmedResultTokens } from './trim.ts';

/** Tokens, as they are estimated here. */
export interface Room {
  /** What may be read of the conversation: beyond it, what is old is trimmed and left out. */
  wanted: number;
  /** What must not be passed: beyond it, what is newest is trimmed too. */
  most: number;
}

export interface Fitted {
  messages: Message[];
  tokens: number;
  /** Messages of the branch that were left out, and tool results of which only the beginning is left. */
  leftOut: number;
  trimmed: number;
}

/**
 * What a model reads of a conversation: as much as there is room for, the newest of it in full. Older tool results are
 * trimmed first, the oldest before the others; then whole turns are left out from the beginning; then the results of
 * the turn that is being answered are trimmed, the newest last. It may still be too long; see `tokens`.
 * Nothing that is given is changed.
 */
export function fit(messages: readonly Message[], history: History, room: Room): Fitted {
  const newest = history.begins.findLastIndex((begins) => begins !== undefined);
  const lastResults = messages.findLastIndex((message) => toolResultsOf(message).length > 0);
  let fitted: Fitted = { messages: [...messages], tokens: tokensOf(messages), leftOut: 0, trimmed: 0 };
  if (fitted.tokens > room.wanted) fitted = trimOld(fitted, { from: 0, to: newest }, room.wanted);
  if (fitted.tokens > room.wanted) fitted = leaveOut(fitted, history, room.wanted);
  const gone = messages.length - fitted.messages.length;
  const running = { from: Math.max(0, newest - gone), to: lastResults - gone };
  if (fitted.tokens > room.most) fitted = trimOld(fitted, running, room.most);
  return fitted.tokens > room.most ? trimNewest(fitted, running.to, room.most) : fitted;
}

function tokensOf(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + messageTokens(message), 0);
}

/** Leaves the beginnings of the tool results in these messages, one after another until there is room. */
function trimOld(fitted: Fitted, { from, to }: { from: number; to: number }, limit: number): Fitted {
  const next = { ...fitted, messages: [...fitted.messages] };
  for (let i = from; i < to && next.tokens > limit; i += 1) {
    replace(next, i, trimResults(next.messages[i]!, trimmedResultTokens));
  }
  return next;
}

/** Gives the results that came last an equal part each of the room that is left. */
function trimNewest(fitted: Fitted, at: number, limit: number): Fitted {
  const message = fitted.messages[at];
  if (!message) return fitted;
  const next = { ...fitted, messages: [...fitted.messages] };
  const least = messageTokens(trimResults(message, 0).message);
  const spare = Math.floor(
    (limit - (fitted.tokens - messageTokens(message)) - least) / toolResultsOf(message).length,
  );
  replace(next, at, trimResults(message, Math.max(trimmedResultTokens, spare)));
  return next;
}

function replace(
  fitted: Fitted,
  i: number,
  { message, trimmed }: { message: Message; trimmed: number },
): void {
  fitted.tokens += messageTokens(message) - messageTokens(fitted.messages[i]!);
  fitted.trimmed += trimmed;
  fitted.messages[i] = message;
}

/** Leaves out turns from the beginning, up to the first one that begins with the user and leaves room, or the last. */
function leaveOut(fitted: Fitted, { begins, pinned }: History, limit: number): Fitted {
  const starts = begins.flatMap((leftOut, turn) =>
    leftOut !== undefined && turn > 0 ? [{ turn, leftOut }] : [],
  );
  let best = fitted;
  for (const { turn, leftOut } of starts) {
    const messages = [beginning(fitted.messages[turn]!, leftOut, pinned), ...fitted.messages.slice(turn + 1)];
    best = { ...fitted, messages, tokens: tokensOf(messages), leftOut };
    if (best.tokens <= limit) return best;
  }
  return best;
}

/** The first turn that is read: with a note, and without the results of calls that are left out. */
function beginning(message: Message, leftOut: number, pinned: History['pinned']): Message {
  const said = message.content.filter(({ type }) => type !== 'toolResultBlock');
  return new Message({ role: 'user', content: [new TextBlock(leftOutNote(leftOut)), ...pinned, ...said] });
}
