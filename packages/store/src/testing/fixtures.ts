import type { StreamEvent } from '@parley/contract/stream';
import {
  startIds,
  bodyHash,
  type ConversationStore,
  type Run,
  type StartRun,
} from '../conversations/conversations.ts';
import type { Session } from '@parley/contract/session';

/** Text events that can be told apart. */
export function textEvents(count: number, from = 0): StreamEvent[] {
  return Array.from({ length: count }, (_, i) => ({ type: 'text-delta', id: 't', delta: `${from + i} ` }));
}

/** What a later version of Parley may write: an event of an unknown type, and known ones that say more. */
export const newerEvents = [
  { type: 'data-confetti', id: 'c', data: { colours: ['red'] } },
  { type: 'text-delta', id: 't', delta: '0 ', language: 'en' },
  { type: 'data-problem', data: { code: 'throttled', message: 'Busy.', hint: 'Wait.' } },
  { type: 'finish', messageMetadata: { usage: { inputTokens: 3, outputTokens: 2, cachedTokens: 1 } } },
] as unknown as StreamEvent[];

/** The start of a run by `owner`, as a service makes it from a request with this idempotency key. */
export function startOf(owner: string, session: Session, key: string, text = 'Hello'): StartRun {
  const { runId, userMessageId, messageId } = startIds(session.id, key);
  return {
    owner,
    session,
    runId,
    bodyHash: bodyHash({ parentId: null, text }),
    userMessage: { id: userMessageId, parentId: null, text },
    answer: { id: messageId, parentId: userMessageId },
    writerId: `writer-${key}-${Math.random()}`,
  };
}

/** A run that was just started in a session of its own. */
export async function startedRun(
  store: ConversationStore,
  owner = 'ann',
): Promise<{ session: Session; run: Run }> {
  const session = await store.createSession({ owner, app: 'weather' });
  const { run } = await store.startRun(startOf(owner, session, 'first'));
  return { session, run };
}

/** What a promise is rejected with; undefined once it is fulfilled. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
