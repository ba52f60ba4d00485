import { backOffMs, pause } from '../api/back-off.ts';
import { asApiError } from '../api/errors.ts';
import { abortWhenLeft, untilHere, type Presence } from './presence.ts';

/** What the line to the server is doing. */
export type Connection = 'connecting' | 'online' | 'retrying';

export interface ConnectOptions {
  signal: AbortSignal;
  onConnection: (connection: Connection) => void;
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
    const release = holdLine(line, signal, presence);
    try {
      if ((await attempt(line, opened)) === 'done') return;
    } catch (error) {
      const problem = asApiError(error);
      if (!problem.isPassing && !signal.aborted) throw problem;
    } finally {
      release();
    }
    if (presence?.isHere === false) continue;
    failures += 1;
    if (failures > 1) onConnection('retrying');
    await pause(backOffMs(failures), signal);
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
