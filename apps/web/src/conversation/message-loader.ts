import { asApiError } from '../api/errors.ts';
import type { ConversationScope } from './scope.ts';

/** Fetches the messages as they are stored, one fetch at a time. */
export class MessageLoader {
  readonly #scope: ConversationScope;
  readonly #onOpenRun: (runId: string) => void;
  #loading: Promise<void> | undefined;
  #isStale = false;

  /** `onOpenRun` hears of each answer that is still being written. */
  constructor(scope: ConversationScope, onOpenRun: (runId: string) => void) {
    this.#scope = scope;
    this.#onOpenRun = onOpenRun;
  }

  /** Fetches; a call during a fetch makes one more follow it. */
  load(): Promise<void> {
    this.#isStale = this.#loading !== undefined;
    this.#loading ??= this.#fetch().finally(() => {
      this.#loading = undefined;
      if (this.#isStale && !this.#scope.signal.aborted) void this.load();
    });
    return this.#loading;
  }

  async #fetch(): Promise<void> {
    const { sessionId, transport, store } = this.#scope;
    try {
      const messages = await transport.messages(sessionId);
      store.dispatch([{ type: 'messages', messages }]);
      for (const { status, runId } of messages) if (status === 'streaming' && runId) this.#onOpenRun(runId);
    } catch (error) {
      // While the line is down, the session's stream keeps trying, and fetches again when it is back.
      if (!asApiError(error).isPassing) store.fail(error);
    }
  }
}
