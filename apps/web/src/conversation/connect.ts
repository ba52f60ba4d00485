import { pause, retryMs } from '../api/back-off.ts';
import { asApiError } from '../api/errors.ts';
import { abortWhenLeft, untilHere, type Presence } from './presence.ts';

/** What the line to the server is doing. */
export type Connection = 'connecting' | 'online' | 'retrying';

export interface ConnectOptions {
  signal: AbortSignal;
  /** `retryAt` is when the next try is made, of a line that was given up for now. */
  onConnection: (connection: Connection, retryAt?: number) => void;
  /** With it, no line is held while nobody is here; that one was given up for it is no failure. */
  presence?: Presence;
}

/**
 * Runs `attempt` again and again, with back-off, until it says it is done or the signal aborts.
 * `attempt` calls `opened` once it has an answer, which ends the back-off. Throws what will not pass.
 */
export async function keepTrying(
  attempt: (line: AbortController, opened: () => void) => Promise<'done' | 'cut'>,
  { signal, onConnection, presence }: ConnectOptions,
): Promise<void> {
  let failures = 0;
  const opened = (): void => {
    failures = 0;
    onConnection('online');
  };
  for (;;) {
    if (presence) await untilHere(presence, signal);
    if (signal.aborted) return;
    const line = new AbortController();
    let asked: number | undefined;
    const release = holdLine(line, signal, presence);
    try {
      if ((await attempt(line, opened)) === 'done') return;
    } catch (error) {
      const problem = asApiError(error);
      if (!problem.isPassing && !signal.aborted) {
        opened(); // it was refused by somebody
        throw problem;
      }
      asked = problem.retryAfterSeconds;
    } finally {
      release();
    }
    if (presence?.isHere === false) continue;
    failures += 1;
    const waitMs = retryMs(failures, asked);
    if (failures > 1 || asked !== undefined) onConnection('retrying', Date.now() + waitMs);
    await pause(waitMs, signal);
  }
}

/** Aborts the line when the signal does or nobody is here. @returns what gives the line up */
function holdLine(line: AbortController, signal: AbortSignal, presence: Presence | undefined): () => void {
  const abort = (): void => line.abort();
  signal.addEventListener('abort', abort);
  const end = presence && abortWhenLeft(presence, line);
  return () => {
    signal.removeEventListener('abort', abort);
    end?.();
    abort();
  };
}
