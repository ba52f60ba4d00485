import type { ConversationStore } from './conversation-store.ts';
import type { Transport } from './transport.ts';

/** What everything that keeps one conversation in step works on. */
export interface ConversationScope {
  sessionId: string;
  transport: Transport;
  store: ConversationStore;
  /** Aborts when the conversation is left. */
  signal: AbortSignal;
}
