const firstMs = 300;
const longestMs = 10_000;
/** What a server may ask for at most: a page that waits for longer looks dead. */
const askedMaxMs = 120_000;

/**
 * Milliseconds to wait before attempt number `attempt` (from 1): doubling up to 10 s, with a random
 * half so that clients that were cut together do not come back together.
 */
export function backOffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(longestMs, firstMs * 2 ** (attempt - 1));
  return full / 2 + (full / 2) * random();
}

/**
 * Milliseconds to wait after a failure: at least what the server asked for, and up to a quarter more, so that clients
 * that were sent away together do not come back together.
 */
export function retryMs(
  attempt: number,
  retryAfterSeconds: number | undefined,
  random: () => number = Math.random,
): number {
  const own = backOffMs(attempt, random);
  if (retryAfterSeconds === undefined) return own;
  const asked = Math.min(askedMaxMs, retryAfterSeconds * 1_000);
  return Math.max(own, asked + (asked / 4) * random());
}

/** Waits, but no longer than until the network is back or the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      globalThis.removeEventListener?.('online', end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    globalThis.addEventListener?.('online', end);
    signal.addEventListener('abort', end);
  });
}
