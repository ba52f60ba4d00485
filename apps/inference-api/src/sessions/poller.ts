import type { Log } from '@parley/service/log';
import type { ConversationStore } from '@parley/store/conversations';
import { createBell } from '../bell.ts';
import { hasOpenRun, headOf, type SessionView } from './changes.ts';

export interface SessionPollerOptions {
  conversations: Pick<ConversationStore, 'ownedSession' | 'listMessages'>;
  log: Log;
  /** Milliseconds between looks while a run is open. Default 200. */
  openPollMs?: number;
  /** Milliseconds between looks otherwise, and between full looks while a run is open. Default 5,000. */
  idlePollMs?: number;
}

/** Looks at one session again and again, for all its readers on this process. */
export class SessionPoller {
  readonly changed = createBell();
  readers = 0;
  /** The newest look; undefined before the first. */
  view: SessionView | 'deleted' | undefined;
  readonly #options: SessionPollerOptions;
  readonly #owner: string;
  readonly #sessionId: string;
  #isStopped = false;
  /** Ends the pause that is under way. */
  #wake: () => void = () => undefined;
  #nudged = false;
  #fullLookDue = 0;

  constructor(options: SessionPollerOptions, owner: string, sessionId: string) {
    this.#options = options;
    this.#owner = owner;
    this.#sessionId = sessionId;
    void this.#poll();
  }

  /** Looks now, or right after the look that is under way. */
  lookNow(): void {
    this.#nudged = true;
    this.#wake();
  }

  stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  async #poll(): Promise<void> {
    while (!this.#isStopped && this.view !== 'deleted') {
      this.#nudged = false;
      const view = await this.#look().catch((error: unknown) => {
        this.#options.log.error('a session could not be polled', error, { sessionId: this.#sessionId });
        return this.view;
      });
      if (view !== this.view) {
        this.view = view;
        this.changed.ring();
      }
      await this.#pause();
    }
  }

  /**
   * Reads the session item; its messages only when the revision moved, or while a run is open and a
   * full look is due: that one finds runs whose process died, since reading their message settles it.
   */
  async #look(): Promise<SessionView | 'deleted' | undefined> {
    const { conversations, idlePollMs = 5_000 } = this.#options;
    const before = this.view === 'deleted' ? undefined : this.view;
    try {
      const session = await conversations.ownedSession(this.#owner, this.#sessionId);
      const now = performance.now();
      const isDue = !before || (hasOpenRun(before) && now >= this.#fullLookDue);
      if (before?.session.revision === session.revision && !isDue) return before;
      this.#fullLookDue = now + idlePollMs;
      const messages = await conversations.listMessages(session);
      return { session, messages: messages.map(headOf) };
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'not-found') return 'deleted';
      throw error;
    }
  }

  async #pause(): Promise<void> {
    const { openPollMs = 200, idlePollMs = 5_000 } = this.#options;
    if (this.#nudged || this.#isStopped) return;
    const open = this.view !== undefined && this.view !== 'deleted' && hasOpenRun(this.view);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, open ? openPollMs : idlePollMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
