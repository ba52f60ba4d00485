import { asApiError } from '../api/errors.ts';
import { Observable } from '../ui/observable.ts';
import type { Connection } from './connect.ts';
import { reduce } from './reduce.ts';
import { emptyConversation, type Command, type Conversation, type LogEntry } from './state.ts';
import { shownBranch, statusOf, type ConversationStatus, type MessageView } from './view.ts';

/** A conversation at one moment, as the views read it. */
export interface Snapshot {
  state: Conversation;
  branch: readonly MessageView[];
  status: ConversationStatus;
  connection: Connection;
  /** When the next try to reach the server is made, while it is `retrying`. */
  retryAt?: number | undefined;
  /** Why the conversation cannot be read at all. */
  failure?: { code: string; message: string } | undefined;
}

/** Holds the newest snapshot of a conversation, and tells whoever watches when there is another. */
export class ConversationStore extends Observable<Snapshot> {
  readonly #signal: AbortSignal;

  /** Once `signal` aborts, nothing changes any more. */
  constructor(signal: AbortSignal) {
    super(viewOf(emptyConversation, { connection: 'connecting' }));
    this.#signal = signal;
  }

  get state(): Conversation {
    return this.getSnapshot().state;
  }

  dispatch(entries: readonly (LogEntry | Command)[]): void {
    const state = entries.reduce(reduce, this.state);
    if (state !== this.state) this.publish(viewOf(state, this.getSnapshot()));
  }

  setConnection(connection: Connection, retryAt?: number): void {
    const before = this.getSnapshot();
    if (connection !== before.connection || retryAt !== before.retryAt)
      this.publish({ ...before, connection, retryAt });
  }

  /** Says that the conversation cannot be read. */
  fail(error: unknown): void {
    const { code, message } = asApiError(error);
    this.publish({ ...this.getSnapshot(), failure: { code, message } });
  }

  protected override publish(snapshot: Snapshot): void {
    if (!this.#signal.aborted) super.publish(snapshot);
  }
}

function viewOf(
  state: Conversation,
  { connection, retryAt, failure }: Pick<Snapshot, 'connection' | 'retryAt' | 'failure'>,
): Snapshot {
  const branch = shownBranch(state);
  return { state, branch, status: statusOf(state, branch), connection, retryAt, failure };
}
