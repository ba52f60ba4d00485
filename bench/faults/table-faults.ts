/** What stands between the services and their table, and is not always on their side. */
import { setTimeout as delay } from 'node:timers/promises';
import { refusal, type Answer, type Front } from '../dynamodb/server.ts';
import type { TableRequest } from '../dynamodb/tables.ts';
import type { Random } from './random.ts';

/**
 * What befalls a call: it is `throttled`; it is `slow`; its connection breaks before or after it took effect; it gets no
 * answer in the caller's time though it took effect, or without; or it takes effect when nobody waits for it any more.
 */
export const tableFaults = [
  'throttled',
  'slow',
  'broken-before',
  'broken-after',
  'unanswered-before',
  'unanswered-after',
  'late',
] as const;
export type TableFault = (typeof tableFaults)[number];

/** Share of calls, outside of storms. */
const shares: readonly (readonly [TableFault, number])[] = [
  ['throttled', 0.01],
  ['slow', 0.01],
  ['broken-before', 0.002],
  ['broken-after', 0.002],
  ['unanswered-before', 0.002],
  ['unanswered-after', 0.002],
  ['late', 0.002],
];
/** In a storm so many calls are throttled. Storms come every half minute. */
const stormShare = 0.4;
const stormMs = 4_000;
const stormEveryMs = 30_000;
/** Longer than the 3 s that a service waits for an answer. */
const unansweredMs = 4_000;

/** Decides which calls go wrong, and counts them. A call that is repeated can go wrong again. */
export class FaultyTable {
  readonly counts: Record<TableFault, number>;
  readonly #random: Random;
  readonly #began = performance.now();
  /** Faults that are not over with the caller's next attempt, by operation and key. */
  readonly #lasting = new Map<string, { fault: TableFault; left: number }>();

  constructor(random: Random) {
    this.#random = random;
    this.counts = Object.fromEntries(tableFaults.map((fault) => [fault, 0])) as Record<TableFault, number>;
  }

  readonly front: Front = async (operation, request, answer) => {
    const fault = this.#decide(operation, request);
    if (!fault) return answer();
    this.counts[fault] += 1;
    return this.#befall(fault, answer);
  };

  #decide(operation: string, request: TableRequest): TableFault | undefined {
    const key = JSON.stringify([operation, request.Key ?? request.Item?.['pk'], request.Item?.['sk']]);
    const lasting = this.#lasting.get(key);
    if (lasting) {
      lasting.left -= 1;
      if (lasting.left === 0) this.#lasting.delete(key);
      return lasting.fault;
    }
    const fault = this.#draw();
    const again = this.#random.of([0, 0, 1, 2, 4]);
    if (fault && again > 0 && operation !== 'Query') this.#lasting.set(key, { fault, left: again });
    return fault;
  }

  #draw(): TableFault | undefined {
    const isStorm = (performance.now() - this.#began) % stormEveryMs > stormEveryMs - stormMs;
    if (isStorm && this.#random.chance(stormShare)) return 'throttled';
    let drawn = this.#random.next();
    for (const [fault, share] of shares) {
      if (drawn < share) return fault;
      drawn -= share;
    }
    return undefined;
  }

  async #befall(fault: TableFault, answer: () => Answer): Promise<Answer | undefined> {
    switch (fault) {
      case 'throttled':
        return refusal('ProvisionedThroughputExceededException', 'throughput exceeded');
      case 'slow':
        await delay(this.#random.between(50, 1_500));
        return answer();
      case 'broken-before':
        return undefined;
      case 'broken-after':
        answer();
        return undefined;
      case 'unanswered-before':
        await delay(unansweredMs);
        return undefined;
      case 'unanswered-after':
        answer();
        await delay(unansweredMs);
        return undefined;
      case 'late':
        await delay(this.#random.between(unansweredMs, 3 * unansweredMs));
        answer();
        return undefined;
    }
  }
}
