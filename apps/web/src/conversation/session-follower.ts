import type { Session, SessionEvent } from '@parley/contract/session';
import { readEvents } from '../api/event-stream.ts';
import { watchdog } from '../api/run-stream.ts';
import { keepTrying, type Connection } from './connect.ts';
import type { ConversationScope } from './scope.ts';

interface SessionFollowerOptions {
  /** Fetches the messages. */
  load: () => Promise<void>;
  onRunStarted: (runId: string) => void;
  onSession: (session: Session) => void;
}

/** Follows what happens in a session, here, in other tabs and on other devices. */
export class SessionFollower {
  readonly #scope: ConversationScope;
  readonly #options: SessionFollowerOptions;

  constructor(scope: ConversationScope, options: SessionFollowerOptions) {
    this.#scope = scope;
    this.#options = options;
  }

  /** Follows until the session is deleted or the conversation is left. */
  async follow(): Promise<void> {
    const { store, signal, presence } = this.#scope;
    const onConnection = (connection: Connection, retryAt?: number): void =>
      store.setConnection(connection, retryAt);
    try {
      await keepTrying((line, opened) => this.#read(line, opened), { signal, onConnection, presence });
    } catch (error) {
      store.fail(error);
    }
  }

  async #read(line: AbortController, opened: () => void): Promise<'done' | 'cut'> {
    const { sessionId, transport, store } = this.#scope;
    const response = await transport.sessionEvents(sessionId, line.signal);
    opened();
    void this.#options.load();
    if (!response.body) return 'cut';
    const alive = watchdog(line);
    try {
      for await (const events of readEvents(response.body, alive.kick)) {
        for (const { data } of events) this.#hear(JSON.parse(data) as SessionEvent);
        if (store.state.deleted) return 'done';
      }
      return 'cut';
    } finally {
      alive.stop();
    }
  }

  #hear(event: SessionEvent): void {
    const { store } = this.#scope;
    const { messages, ended } = store.state;
    store.dispatch([{ type: 'session', event }]);
    if (event.type === 'session') this.#options.onSession(event.session);
    if (event.type === 'message-added' && !messages[event.messageId]) void this.#options.load();
    if (event.type === 'run-ended' && !ended[event.runId]) void this.#options.load();
    if (event.type === 'feedback-changed') {
      const { feedbackRevision = 0 } = messages[event.messageId] ?? {};
      if (event.revision > feedbackRevision) void this.#options.load();
    }
    if (event.type === 'run-started') this.#options.onRunStarted(event.runId);
  }
}
