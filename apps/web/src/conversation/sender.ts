import { asApiError } from '../api/errors.ts';
import { readRun } from '../api/run-stream.ts';
import { keepTrying } from './connect.ts';
import type { Outbox } from './outbox.ts';
import type { RunFollower } from './run-follower.ts';
import type { ConversationScope } from './scope.ts';
import type { LogEntry, Pending } from './state.ts';

interface SenderOptions {
  outbox: Outbox;
  runs: RunFollower;
  /** Fetches the messages. */
  load: () => Promise<void>;
}

/** Sends what the user says until the server has it, and reads the answer that comes back. */
export class Sender {
  readonly #scope: ConversationScope;
  readonly #options: SenderOptions;

  constructor(scope: ConversationScope, options: SenderOptions) {
    this.#scope = scope;
    this.#options = options;
  }

  submit({ parentId, text }: Pick<Pending, 'parentId' | 'text'>): void {
    const pending = { key: crypto.randomUUID(), parentId, text, createdAt: new Date().toISOString() };
    this.#options.outbox.write(this.#scope.sessionId, pending);
    void this.#send(pending);
  }

  /** Takes up what was sent before a reload and is not yet acknowledged. */
  resume(): void {
    const waiting = this.#options.outbox.read(this.#scope.sessionId);
    if (waiting) void this.#send(waiting);
  }

  /** Sends again what was refused or could not be sent. */
  retry(): void {
    const { pending } = this.#scope.store.state;
    if (!pending?.error) return;
    this.dismiss();
    this.submit(pending);
  }

  dismiss(): void {
    this.#options.outbox.write(this.#scope.sessionId, undefined);
    this.#scope.store.dispatch([{ type: 'dismiss' }]);
  }

  async #send(pending: Pending): Promise<void> {
    const { store, signal } = this.#scope;
    const { runs, load } = this.#options;
    store.dispatch([{ type: 'submit', pending }]);
    let runId: string | undefined;
    const accept = (id: string): void => {
      if (runId === undefined) this.#accepted(pending, id);
      runId = id;
    };
    try {
      await keepTrying(
        (line, opened) =>
          runId === undefined ? this.#start(pending, line, opened, accept) : runs.readOn(runId, line, opened),
        { signal, onConnection: (connection) => store.setConnection(connection) },
      );
    } catch (error) {
      const { code, message } = asApiError(error);
      store.dispatch([{ type: 'refused', key: pending.key, error: { code, message } }]);
    }
    await load();
  }

  async #start(
    { key, parentId, text }: Pending,
    line: AbortController,
    opened: () => void,
    accept: (runId: string) => void,
  ): Promise<'done' | 'cut'> {
    const { sessionId, transport, store } = this.#scope;
    const body = { parentId, ...(text !== undefined && { text }) };
    const response = await transport.startRun(sessionId, key, body, line.signal);
    opened();
    const onEntries = (entries: LogEntry[]): void => {
      const [first] = entries;
      store.dispatch(entries);
      if (first?.type === 'run') accept(first.runId);
    };
    return (await readRun(response, onEntries, { signal: line, fromStart: true })) ? 'done' : 'cut';
  }

  #accepted({ key }: Pending, runId: string): void {
    const { sessionId, store } = this.#scope;
    const { outbox, runs, load } = this.#options;
    runs.leave(runId);
    outbox.write(sessionId, undefined);
    store.dispatch([{ type: 'accepted', key, runId }]);
    void load();
  }
}
