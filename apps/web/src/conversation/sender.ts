import type { FilePart } from '@parley/contract/message';
import { asApiError } from '../api/errors.ts';
import { readRun } from '../api/run-stream.ts';
import { keepTrying } from './connect.ts';
import type { Outbox } from './outbox.ts';
import { abortWhenLeft } from './presence.ts';
import type { RunFollower } from './run-follower.ts';
import type { ConversationScope } from './scope.ts';
import type { Conversation, Pending, RunEntry, Waiting } from './state.ts';

interface SenderOptions {
  outbox: Outbox;
  runs: RunFollower;
  /** Fetches the messages. */
  load: () => Promise<void>;
}

/** What the user says: a message, decisions, or that an existing message is answered, gone on with or summed up. */
type Submission = Pick<Pending, 'parentId' | 'text' | 'files' | 'compact' | 'decisions'>;

/** Sends what the user says until the server has it, and reads the answer that comes back. */
export class Sender {
  readonly #scope: ConversationScope;
  readonly #options: SenderOptions;

  constructor(scope: ConversationScope, options: SenderOptions) {
    this.#scope = scope;
    this.#options = options;
    scope.store.subscribe(() => this.#sendWaiting());
  }

  submit({ parentId, text, files, compact, decisions }: Submission): void {
    this.#submit({ ...stamp(), parentId, text, files, decisions, ...(compact && { compact }) });
  }

  /** Sends a message to the end of the branch on show, as soon as it is known which message that is. */
  say(text: string, files: readonly FilePart[] = []): void {
    this.#wait({ ...stamp(), text, files, parentId: awaitedAnswer(this.#scope.store.state) });
  }

  /** Takes up what was sent before a reload and is not yet acknowledged. */
  resume(): void {
    const waiting = this.#options.outbox.read(this.#scope.sessionId);
    if (waiting && isPlaced(waiting)) void this.#send(waiting);
    else if (waiting) this.#wait(waiting);
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

  #submit(pending: Pending): void {
    this.#options.outbox.write(this.#scope.sessionId, pending);
    void this.#send(pending);
  }

  #wait(waiting: Waiting): void {
    this.#options.outbox.write(this.#scope.sessionId, waiting);
    this.#scope.store.dispatch([{ type: 'wait', waiting }]);
  }

  #sendWaiting(): void {
    const { state, branch } = this.#scope.store.getSnapshot();
    if (!state.waiting || !isEndKnown(state)) return;
    const { parentId = branch.findLast((message) => !message.isPending)?.id ?? null } = state.waiting;
    this.#submit({ ...state.waiting, parentId });
  }

  async #send(pending: Pending): Promise<void> {
    const { store, signal } = this.#scope;
    const { runs, load } = this.#options;
    const sending: Sending = { pending, runId: undefined, isAnswered: false };
    store.dispatch([{ type: 'submit', pending }]);
    try {
      await keepTrying((line, opened) => this.#start(sending, line, opened), {
        signal,
        onConnection: (connection, retryAt) => store.setConnection(connection, retryAt),
      });
      if (sending.runId !== undefined && !sending.isAnswered) return await runs.readOn(sending.runId);
    } catch (error) {
      const { code, message } = asApiError(error);
      if (pending.decisions) this.#options.outbox.write(this.#scope.sessionId, undefined);
      store.dispatch([{ type: 'refused', key: pending.key, error: { code, message } }]);
    }
    await load();
  }

  /** Starts the run, and reads its answer for as long as the line holds. */
  async #start(sending: Sending, line: AbortController, opened: () => void): Promise<'done' | 'cut'> {
    const { sessionId, transport, store, presence } = this.#scope;
    const { key, parentId, text, files = [], compact, decisions } = sending.pending;
    const attachments = files.map(attachmentIdOf);
    const body = {
      parentId,
      ...(text !== undefined && { text }),
      ...(attachments.length > 0 && { attachments }),
      ...(compact && { compact }),
      ...(decisions && { decisions: [...decisions] }),
    };
    const response = await transport.startRun(sessionId, key, body, line.signal);
    opened();
    let release: (() => void) | undefined;
    const onEntries = (entries: RunEntry[]): void => {
      store.dispatch(entries);
      if (entries[0] && sending.runId === undefined) this.#accepted(sending, entries[0].runId);
      // From now on the answer can be read later.
      if (sending.runId !== undefined) release ??= abortWhenLeft(presence, line);
    };
    try {
      sending.isAnswered = await readRun(response, onEntries, { signal: line });
    } catch (error) {
      if (sending.runId === undefined) throw error;
    } finally {
      release?.();
    }
    return sending.isAnswered || sending.runId !== undefined ? 'done' : 'cut';
  }

  #accepted(sending: Sending, runId: string): void {
    const { sessionId, store } = this.#scope;
    const { outbox, runs, load } = this.#options;
    sending.runId = runId;
    runs.claim(runId);
    outbox.write(sessionId, undefined);
    store.dispatch([{ type: 'accepted', key: sending.pending.key, runId }]);
    void load();
  }
}

interface Sending {
  pending: Pending;
  /** Known from the first event of the answer. */
  runId: string | undefined;
  /** True when its answer was read to the end. */
  isAnswered: boolean;
}

/** Its address ends with it. */
function attachmentIdOf({ url }: FilePart): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

function stamp(): { key: string; createdAt: string } {
  return { key: crypto.randomUUID(), createdAt: new Date().toISOString() };
}

function isPlaced(sent: Pending | Waiting): sent is Pending {
  return sent.parentId !== undefined;
}

/** The branch's end is a guess before the messages were loaded, and while an answer is not yet among them. */
function isEndKnown({ loaded, pending }: Conversation): boolean {
  return loaded && (pending === undefined || pending.error !== undefined);
}

/** The answer to what was sent last, if it is not yet among the messages; its stream names it. */
function awaitedAnswer({ pending, runs }: Conversation): string | undefined {
  return pending?.runId === undefined ? undefined : runs[pending.runId]?.content.messageId;
}
