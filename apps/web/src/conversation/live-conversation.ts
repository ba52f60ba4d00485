import type { Message } from '@parley/contract/message';
import type { SessionEvent } from '@parley/contract/session';
import { asApiError } from '../api/errors.ts';
import { readEvents } from '../api/event-stream.ts';
import { readRun, watchdog } from '../api/run-stream.ts';
import { keepTrying, type Connection } from './connect.ts';
import type { Outbox } from './outbox.ts';
import { reduce } from './reduce.ts';
import { emptyConversation, type Command, type Conversation, type LogEntry, type Pending } from './state.ts';
import type { Transport } from './transport.ts';
import { shownBranch, statusOf, type ConversationStatus, type MessageView } from './view.ts';

export interface Snapshot {
  state: Conversation;
  branch: readonly MessageView[];
  status: ConversationStatus;
  connection: Connection;
  /** Why the conversation cannot be read at all. */
  failure?: { code: string; message: string } | undefined;
}

export interface LiveConversationOptions {
  sessionId: string;
  transport: Transport;
  outbox: Outbox;
  newKey?: () => string;
  now?: () => string;
}

/** One conversation, kept in step with the server: feeds the reducer from the wire, and sends commands. */
export class LiveConversation {
  readonly #options: Required<LiveConversationOptions>;
  readonly #closed = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #followed = new Set<string>();
  #snapshot: Snapshot;
  #loading: Promise<void> | undefined;
  #loadAgain = false;

  constructor(options: LiveConversationOptions) {
    this.#options = {
      newKey: () => crypto.randomUUID(),
      now: () => new Date().toISOString(),
      ...options,
    };
    this.#snapshot = this.#view(emptyConversation, { connection: 'connecting' });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly getSnapshot = (): Snapshot => this.#snapshot;

  /** Loads what is there, takes up what was sent before a reload, and follows what happens. */
  open(): void {
    const waiting = this.#options.outbox.read(this.#options.sessionId);
    if (waiting) void this.#start(waiting);
    void this.#load();
    void this.#watch();
  }

  close(): void {
    this.#closed.abort();
    this.#listeners.clear();
  }

  /** Sends a message below the branch on show. */
  send(text: string): void {
    this.#submit({ parentId: this.#lastId(), text });
  }

  /** Puts another version beside a message of the user's. */
  edit(message: Pick<Message, 'parentId'>, text: string): void {
    this.#submit({ parentId: message.parentId, text });
  }

  /** Answers a question again, or goes on with an answer that was cut. */
  answer(parentId: string | null): void {
    this.#submit({ parentId });
  }

  choose(messageId: string): void {
    this.#dispatch([{ type: 'choose', messageId }]);
  }

  /** Sends again what was refused or could not be sent. */
  retry(): void {
    const { pending } = this.#snapshot.state;
    if (!pending?.error) return;
    this.dismiss();
    this.#submit(pending);
  }

  dismiss(): void {
    this.#options.outbox.write(this.#options.sessionId, undefined);
    this.#dispatch([{ type: 'dismiss' }]);
  }

  /** Stops the answer on show, at the server. */
  async stop(): Promise<void> {
    const runId = this.#snapshot.branch.at(-1)?.runId;
    if (runId === undefined) return;
    await this.#options.transport.stopRun(runId);
    await this.#load();
  }

  get #isStarting(): boolean {
    const { pending } = this.#snapshot.state;
    return pending !== undefined && pending.runId === undefined && !pending.error;
  }

  #lastId(): string | null {
    return this.#snapshot.branch.findLast((message) => !message.isPending)?.id ?? null;
  }

  #submit({ parentId, text }: Pick<Pending, 'parentId' | 'text'>): void {
    const pending = { key: this.#options.newKey(), parentId, text, createdAt: this.#options.now() };
    this.#options.outbox.write(this.#options.sessionId, pending);
    void this.#start(pending);
  }

  async #start(pending: Pending): Promise<void> {
    const { sessionId, transport, outbox } = this.#options;
    const { key, parentId, text } = pending;
    this.#dispatch([{ type: 'submit', pending }]);
    let runId: string | undefined;
    const accept = (id: string): void => {
      if (runId !== undefined) return;
      runId = id;
      this.#followed.add(id);
      outbox.write(sessionId, undefined);
      this.#dispatch([{ type: 'accepted', key, runId: id }]);
      void this.#load();
    };
    try {
      await keepTrying(
        async (connection, opened) => {
          if (runId !== undefined) return this.#readOn(runId, connection, opened);
          const body = { parentId, ...(text !== undefined && { text }) };
          const response = await transport.startRun(sessionId, key, body, connection.signal);
          opened();
          const onEntries = (entries: LogEntry[]): void => {
            const [first] = entries;
            this.#dispatch(entries);
            if (first?.type === 'run') accept(first.runId);
          };
          return (await readRun(response, onEntries, { signal: connection, fromStart: true }))
            ? 'done'
            : 'cut';
        },
        { signal: this.#closed.signal, onConnection: (connection) => this.#connection(connection) },
      );
      await this.#load();
    } catch (error) {
      const { code, message } = asApiError(error);
      this.#dispatch([{ type: 'refused', key, error: { code, message } }]);
      void this.#load();
    }
  }

  async #follow(runId: string): Promise<void> {
    // A run that this page is about to start streams to it already; which one it is, its first event says.
    if (this.#followed.has(runId) || this.#isStarting) return;
    this.#followed.add(runId);
    try {
      await keepTrying((connection, opened) => this.#readOn(runId, connection, opened), {
        signal: this.#closed.signal,
        onConnection: () => undefined,
      });
    } catch {
      // Gone, or not ours: what is stored says how it stands.
      this.#followed.delete(runId);
    }
    await this.#load();
  }

  async #readOn(runId: string, connection: AbortController, opened: () => void): Promise<'done' | 'cut'> {
    const next = this.#snapshot.state.runs[runId]?.next ?? 0;
    const lastId = next > 0 ? `${runId}:${next - 1}` : undefined;
    const response = await this.#options.transport.runEvents(runId, lastId, connection.signal);
    opened();
    const done = await readRun(response, (entries) => this.#dispatch(entries), { signal: connection });
    return done ? 'done' : 'cut';
  }

  async #watch(): Promise<void> {
    const { sessionId, transport } = this.#options;
    const attempt = async (connection: AbortController, opened: () => void): Promise<'done' | 'cut'> => {
      const response = await transport.sessionEvents(sessionId, connection.signal);
      opened();
      void this.#load();
      if (!response.body) return 'cut';
      const alive = watchdog(connection);
      try {
        for await (const events of readEvents(response.body, alive.kick)) {
          for (const { data } of events) this.#hear(JSON.parse(data) as SessionEvent);
          if (this.#snapshot.state.deleted) return 'done';
        }
        return 'cut';
      } finally {
        alive.stop();
      }
    };
    const onConnection = (connection: Connection): void => this.#connection(connection);
    await keepTrying(attempt, { signal: this.#closed.signal, onConnection }).catch((error: unknown) =>
      this.#fail(error),
    );
  }

  #hear(event: SessionEvent): void {
    const { messages, ended } = this.#snapshot.state;
    this.#dispatch([{ type: 'session', event }]);
    if (event.type === 'message-added' && !messages[event.messageId]) void this.#load();
    if (event.type === 'run-ended' && !ended[event.runId]) void this.#load();
    if (event.type === 'run-started') void this.#follow(event.runId);
  }

  /** Fetches the messages; a call during a fetch makes one more follow it. */
  #load(): Promise<void> {
    this.#loadAgain = this.#loading !== undefined;
    this.#loading ??= this.#fetchMessages().finally(() => {
      this.#loading = undefined;
      if (this.#loadAgain && !this.#closed.signal.aborted) void this.#load();
    });
    return this.#loading;
  }

  async #fetchMessages(): Promise<void> {
    try {
      const messages = await this.#options.transport.messages(this.#options.sessionId);
      this.#dispatch([{ type: 'messages', messages }]);
      for (const { status, runId } of messages) if (status === 'streaming' && runId) void this.#follow(runId);
    } catch (error) {
      // While the line is down, the session's stream keeps trying, and fetches again when it is back.
      if (!asApiError(error).isPassing) this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const { code, message } = asApiError(error);
    this.#publish(this.#view(this.#snapshot.state, { ...this.#snapshot, failure: { code, message } }));
  }

  #connection(connection: Connection): void {
    if (connection !== this.#snapshot.connection) this.#publish({ ...this.#snapshot, connection });
  }

  #dispatch(entries: readonly (LogEntry | Command)[]): void {
    const state = entries.reduce(reduce, this.#snapshot.state);
    if (state !== this.#snapshot.state) this.#publish(this.#view(state, this.#snapshot));
  }

  #view(state: Conversation, { connection, failure }: Pick<Snapshot, 'connection' | 'failure'>): Snapshot {
    const branch = shownBranch(state);
    return { state, branch, status: statusOf(state, branch), connection, failure };
  }

  #publish(snapshot: Snapshot): void {
    if (this.#closed.signal.aborted) return;
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }
}
