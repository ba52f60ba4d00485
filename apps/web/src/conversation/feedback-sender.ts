import type { Message } from '@parley/contract/message';
import { asApiError } from '../api/errors.ts';
import { keepTrying } from './connect.ts';
import type { ConversationScope } from './scope.ts';
import type { Said } from './state.ts';

/** Sends what the user thinks of answers; what is shown meanwhile is the reducer's. */
export class FeedbackSender {
  readonly #scope: ConversationScope;
  readonly #sending = new Map<string, Promise<boolean>>();

  constructor(scope: ConversationScope) {
    this.#scope = scope;
  }

  /**
   * Says something of an answer, or with undefined nothing any more. One request at a time goes out for an
   * answer, always with what was said last. Resolves with whether the server has it.
   */
  rate(messageId: string, said: Said): Promise<boolean> {
    this.#scope.store.dispatch([{ type: 'rate', messageId, said }]);
    const sending =
      this.#sending.get(messageId) ?? this.#send(messageId).finally(() => this.#sending.delete(messageId));
    this.#sending.set(messageId, sending);
    return sending;
  }

  async #send(messageId: string): Promise<boolean> {
    const { store, signal } = this.#scope;
    let isStored = false;
    for (let next = this.#unsent(messageId); next && !signal.aborted; next = this.#unsent(messageId)) {
      const { said } = next;
      try {
        await this.#request(messageId, said);
        isStored = true;
        const messages = await this.#look();
        store.dispatch([
          { type: 'messages', messages },
          { type: 'rated', messageId, said },
        ]);
      } catch (error) {
        const { code, message } = asApiError(error);
        isStored = false;
        store.dispatch([{ type: 'rating-refused', messageId, said, error: { code, message } }]);
      }
    }
    return isStored;
  }

  #unsent(messageId: string): { said: Said } | undefined {
    const sent = this.#scope.store.state.feedback[messageId];
    return sent?.error ? undefined : sent;
  }

  #request(messageId: string, said: Said): Promise<void> {
    const { sessionId, transport } = this.#scope;
    return said
      ? transport.giveFeedback(sessionId, messageId, said)
      : transport.withdrawFeedback(sessionId, messageId);
  }

  /** A look at the messages that began after the server had the feedback, so that it shows it. */
  async #look(): Promise<Message[]> {
    const { sessionId, transport, signal } = this.#scope;
    let messages: Message[] = [];
    await keepTrying(
      async () => {
        messages = await transport.messages(sessionId);
        return 'done';
      },
      { signal, onConnection: () => undefined },
    );
    return messages;
  }
}
