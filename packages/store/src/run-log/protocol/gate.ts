import type { PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { Call, Fault } from '../../testing/faults.ts';

/** A call that waits to reach the table, its answer that waits to be heard, or a sleep. */
export interface Held {
  party: string;
  kind: Call['command'] | 'answer' | 'sleep';
  /** Key of the item that is put, got or updated. */
  sk?: string | undefined;
  /** What is put. */
  input?: PutItemCommandInput;
  release: (fault?: Fault) => void;
}

/** Holds the calls and sleeps of several parties, and lets through what a test asks for. */
export class Gate {
  #held: Held[] = [];

  call(party: string, { command, input }: Call): Promise<Fault | undefined> {
    const { Key, Item } = input as { Key?: { sk: { S: string } }; Item?: { sk: { S: string } } };
    const put = command === 'Put' ? { input: input as unknown as PutItemCommandInput } : {};
    return new Promise((release) => {
      this.#held.push({ party, kind: command, sk: (Key ?? Item)?.sk.S, ...put, release });
    });
  }

  answer(party: string): Promise<unknown> {
    return new Promise((release) => this.#held.push({ party, kind: 'answer', release }));
  }

  sleep(party: string, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      this.#held.push({ party, kind: 'sleep', release: () => resolve() });
      signal?.addEventListener('abort', () => {
        this.#held = this.#held.filter((held) => held.party !== party || held.kind !== 'sleep');
        resolve();
      });
    });
  }

  of(party: string): readonly Held[] {
    return this.#held.filter((held) => held.party === party);
  }

  /** Takes out the first one of this party and kind. */
  take(party: string, kind?: Held['kind']): Held {
    const at = this.#held.findIndex((held) => held.party === party && (!kind || held.kind === kind));
    const held = this.#held[at];
    if (!held)
      throw new Error(`"${party}" waits for no ${kind ?? 'call'}, but for ${JSON.stringify(this.of(party))}`);
    this.#held.splice(at, 1);
    return held;
  }

  /** Forgets all that a party waits for: it never goes on. */
  drop(party: string): void {
    this.#held = this.#held.filter((held) => held.party !== party);
  }
}
