import { setTimeout as delay } from 'node:timers/promises';

/** Time as the store sees it, so that tests can hold it still. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, { signal });
    } catch {
      // Aborted: whoever sleeps looks at the signal itself.
    }
  },
};

export function timestamp(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
