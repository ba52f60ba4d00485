import type { RunEntry } from '../conversation/state.ts';
import { readEvents } from './event-stream.ts';

/** The server promises a sign of life every 15 s; a line that is silent for longer is dead. */
const silenceMs = 40_000;

export interface RunStreamOptions {
  signal: AbortController;
}

/**
 * Reads one connection's worth of a run's events.
 * @returns true when the run said it has ended, false when the line was cut
 */
export async function readRun(
  response: Response,
  onEntries: (entries: RunEntry[]) => void,
  { signal }: RunStreamOptions,
): Promise<boolean> {
  if (!response.body) return false;
  const alive = watchdog(signal);
  try {
    for await (const events of readEvents(response.body, alive.kick)) {
      onEntries(events.flatMap(({ id, data }) => entryOf(id, data)));
      if (events.some(({ data }) => data === '[DONE]')) return true;
    }
    return false;
  } finally {
    alive.stop();
  }
}

/** Aborts a connection on which nothing comes any more. */
export function watchdog(connection: AbortController): { kick: () => void; stop: () => void } {
  const bite = (): void => connection.abort(new DOMException('nothing came for 40 s', 'TimeoutError'));
  let timer = setTimeout(bite, silenceMs);
  const stop = (): void => clearTimeout(timer);
  const kick = (): void => {
    stop();
    timer = setTimeout(bite, silenceMs);
  };
  return { kick, stop };
}

function entryOf(id: string | undefined, data: string): RunEntry[] {
  const match = /^([\w-]+):(\d{1,9})$/.exec(id ?? '');
  if (!match || data === '[DONE]') return [];
  const event = JSON.parse(data) as RunEntry['event'];
  return [{ type: 'run', runId: match[1]!, n: Number(match[2]), event }];
}
