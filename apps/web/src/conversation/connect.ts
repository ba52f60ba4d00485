import { backOffMs, pause } from '../api/back-off.ts';
import { asApiError } from '../api/errors.ts';

/** What the line to the server is doing. */
export type Connection = 'connecting' | 'online' | 'retrying';

export interface ConnectOptions {
  signal: AbortSignal;
  onConnection: (connection: Connection) => void;
}

/**
 * Runs `attempt` again and again, with back-off, until it says it is done or the signal aborts.
 * `attempt` calls `opened` once it has an answer, which ends the back-off. Throws what will not pass.
 */
export async function keepTrying(
  attempt: (connection: AbortController, opened: () => void) => Promise<'done' | 'cut'>,
  { signal, onConnection }: ConnectOptions,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const connection = new AbortController();
    const leave = (): void => connection.abort();
    signal.addEventListener('abort', leave);
    try {
      const opened = (): void => {
        failures = 0;
        onConnection('online');
      };
      if ((await attempt(connection, opened)) === 'done') return;
    } catch (error) {
      if (signal.aborted) return;
      const problem = asApiError(error);
      if (!problem.isPassing) throw problem;
    } finally {
      signal.removeEventListener('abort', leave);
      connection.abort();
    }
    failures += 1;
    if (failures > 1) onConnection('retrying');
    await pause(backOffMs(failures), signal);
  }
}
