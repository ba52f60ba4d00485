import { mayHaveHappened } from './faults.ts';

/**
 * Writes something unless it is there, and returns what stands: `mine`, or what was there before.
 * A write whose answer was lost is settled by reading; it fails only if nothing stands then.
 */
export async function putOrFind<T>(
  mine: T,
  put: () => Promise<boolean>,
  find: () => Promise<T | undefined>,
): Promise<T> {
  let lostAnswer: unknown;
  try {
    if (await put()) return mine;
  } catch (error) {
    if (!mayHaveHappened(error)) throw error;
    lostAnswer = error;
  }
  const standing = await find();
  if (standing === undefined)
    throw lostAnswer ?? new Error('refused as present, but absent: was it deleted?');
  return standing;
}
