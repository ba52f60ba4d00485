/**
 * Settles as `work` does, or rejects with the signal's reason as soon as it aborts. Work that cannot
 * be cancelled goes on unobserved: its late result or error reaches nobody.
 */
export async function raceSignal<T>(work: PromiseLike<T> | T, signal: AbortSignal): Promise<T> {
  // Nobody may be left waiting for work that lost before the race began: its rejection would end the process.
  if (signal.aborted) void Promise.resolve(work).then(undefined, () => undefined);
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Waits `ms` milliseconds; rejects with the signal's reason as soon as it aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms <= 0) return signal?.throwIfAborted();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  try {
    await (signal ? raceSignal(promise, signal) : promise);
  } finally {
    clearTimeout(timer);
  }
}
