import { pause, retryMs } from '../api/back-off.ts';
import { asApiError } from '../api/errors.ts';
import { untilHere } from './presence.ts';
import type { ConversationScope } from './scope.ts';

/** Fetches the messages as they are stored, one fetch at a time; what fails in passing is tried again, with back-off. */
export class MessageLoader {
  readonly #scope: ConversationScope;
  readonly #onOpenRun: (runId: string) => void;
  #loading: Promise<void> | undefined;
  #isStale = false;
  #failures = 0;

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
      this.#failures = 0;
      store.dispatch([{ type: 'messages', messages }]);
      for (const { status, runId } of messages) if (status === 'streaming' && runId) this.#onOpenRun(runId);
    } catch (error) {
      const { isPassing, retryAfterSeconds } = asApiError(error);
      if (!isPassing) return store.fail(error);
      this.#failures += 1;
      void this.#loadLater(this.#failures, retryAfterSeconds);
    }
  }

  /** Loads again, unless another load was there first: it succeeded, or waits by itself. */
  async #loadLater(failures: number, retryAfterSeconds: number | undefined): Promise<void> {
    const { signal, presence } = this.#scope;
    await pause(retryMs(failures, retryAfterSeconds), signal);
    await untilHere(presence, signal);
    if (!signal.aborted && this.#failures === failures) void this.load();
  }
}
