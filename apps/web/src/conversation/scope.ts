import type { ConversationStore } from './conversation-store.ts';
import type { Presence } from './presence.ts';
import type { Transport } from './transport.ts';

/** What everything that keeps one conversation in step works on. */
export interface ConversationScope {
  sessionId: string;
  transport: Transport;
  store: ConversationStore;
  /** A tab that nobody sees holds no line: a browser has six to one host, for all its tabs. */
  presence: Presence;
  /** Aborts when the conversation is left. */
  signal: AbortSignal;
}
