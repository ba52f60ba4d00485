/** Waits for the work to end, or for the signal that cuts it short, whichever comes first. */
export async function untilCut(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const cut = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([work, cut]);
}
