import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock.ts';

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves time on and wakes whoever sleeps no longer than that, in order. */
  advance(ms: number): Promise<void>;
  readonly sleepers: number;
}

export function manualClock(start = Date.parse('2026-01-01T00:00:00Z')): ManualClock {
  let now = start;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper = { until: now + ms, wake };
        function wake(): void {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        }
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake);
      }),
    advance: async (ms) => {
      const end = now + ms;
      for (;;) {
        const [first] = [...sleepers].filter(({ until }) => until <= end).sort((a, b) => a.until - b.until);
        if (!first) break;
        now = Math.max(now, first.until);
        first.wake();
        await nextTurn();
      }
      now = end;
      await nextTurn();
    },
    get sleepers() {
      return sleepers.size;
    },
  };
}

/** A clock on which every sleep is over at the next turn of the event loop, and no time passes. */
export function eagerClock(start = Date.parse('2026-01-01T00:00:00Z')): Clock {
  return { now: () => start, sleep: async () => void (await nextTurn()) };
}
