import type { Session } from '@parley/contract/session';
import type { ConversationScope } from './scope.ts';

/**
 * Which branch is on show, in step with the user's other tabs and devices: what was chosen last counts, wherever.
 * Where the server cannot be reached the choice holds on this page.
 */
export class BranchChoice {
  readonly #scope: ConversationScope;
  /** The choice that the server knows of, as far as this page knows. */
  #known: string | undefined;
  #revision = 0;
  /** The choice on its way to the server, and the newest one made here. */
  #sending = false;
  #wanted: string | undefined;
  /** Chosen elsewhere, and not among the messages of this page yet. */
  #awaited: string | undefined;
  /** What the server said while a choice was on its way to it. */
  #heard: Session | undefined;

  constructor(scope: ConversationScope) {
    this.#scope = scope;
    scope.store.subscribe(() => this.#showAwaited());
  }

  /** Shows the branch of a message, here at once and elsewhere soon. */
  async choose(messageId: string): Promise<void> {
    this.#awaited = undefined;
    this.#wanted = messageId;
    this.#show(messageId);
    if (this.#sending) return;
    this.#sending = true;
    // Who leafs through many versions sends the last one, not each.
    while (this.#wanted !== undefined && this.#wanted !== this.#known) await this.#tell(this.#wanted);
    this.#sending = false;
    this.#wanted = undefined;
    if (this.#heard) this.hear(this.#heard);
  }

  /** Takes in what the server says is on show; what is older than a choice made here says nothing. */
  hear(session: Session): void {
    const { shownMessageId, revision } = session;
    this.#heard = this.#sending ? session : undefined;
    if (this.#sending || revision < this.#revision) return;
    this.#revision = revision;
    if (shownMessageId === undefined || shownMessageId === this.#known) return;
    this.#known = shownMessageId;
    this.#awaited = shownMessageId;
    this.#showAwaited();
  }

  #showAwaited(): void {
    const messageId = this.#awaited;
    if (messageId === undefined || !this.#scope.store.state.messages[messageId]) return;
    this.#awaited = undefined;
    this.#show(messageId);
  }

  async #tell(messageId: string): Promise<void> {
    const { transport, sessionId } = this.#scope;
    this.#known = messageId;
    try {
      this.#revision = (await transport.changeSession(sessionId, { shownMessageId: messageId })).revision;
    } catch {
      // It holds here; the next choice, or answer, is told again.
    }
  }

  #show(messageId: string): void {
    this.#scope.store.dispatch([{ type: 'choose', messageId }]);
  }
}
