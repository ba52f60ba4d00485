import { readRun } from '../api/run-stream.ts';
import { keepTrying } from './connect.ts';
import type { ConversationScope } from './scope.ts';
import type { Conversation } from './state.ts';

/** Follows answers that are being written, each once, to their end. */
export class RunFollower {
  readonly #scope: ConversationScope;
  readonly #onEnd: () => Promise<void>;
  readonly #followed = new Set<string>();

  constructor(scope: ConversationScope, onEnd: () => Promise<void>) {
    this.#scope = scope;
    this.#onEnd = onEnd;
  }

  /** Says that whoever calls reads this run, and calls `readOn` if it cannot any more. */
  claim(runId: string): void {
    this.#followed.add(runId);
  }

  async follow(runId: string): Promise<void> {
    // A run that this page is about to start streams to it already; which one it is, its first event says.
    if (this.#followed.has(runId) || isStarting(this.#scope.store.state)) return;
    this.claim(runId);
    await this.readOn(runId);
  }

  /** Reads a run to its end, from after the last event that is known. */
  async readOn(runId: string): Promise<void> {
    const { signal, presence } = this.#scope;
    // How the line is, the session's stream tells.
    const onConnection = (): void => undefined;
    try {
      await keepTrying((line, opened) => this.#read(runId, line, opened), { signal, presence, onConnection });
    } catch {
      // Gone, or not ours: what is stored says how it stands.
      this.#followed.delete(runId);
    }
    await this.#onEnd();
  }

  async #read(runId: string, line: AbortController, opened: () => void): Promise<'done' | 'cut'> {
    const { store, transport } = this.#scope;
    const next = store.state.runs[runId]?.next ?? 0;
    const lastId = next > 0 ? `${runId}:${next - 1}` : undefined;
    const response = await transport.runEvents(runId, lastId, line.signal);
    opened();
    const isDone = await readRun(response, (entries) => store.dispatch(entries), { signal: line });
    return isDone ? 'done' : 'cut';
  }
}

function isStarting({ pending }: Conversation): boolean {
  return pending !== undefined && pending.runId === undefined && !pending.error;
}
