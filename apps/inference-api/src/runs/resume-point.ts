import { parseEventId } from '@parley/contract/stream';
import { HttpError } from '@parley/service/errors';
import type { Run } from '@parley/store/conversations';
import type { RunLog } from '@parley/store/run-log';

/** What a reader says it has seen: the header of a reconnecting `EventSource`, or a query parameter. */
export interface Seen {
  lastEventId?: string | undefined;
  after?: string | undefined;
}

/**
 * Number of the first event a reader has not seen. The header wins: `EventSource` repeats the
 * address it began with. Throws `bad-request` for what is no id of this run, or past its end: no
 * client sees an event before it stands in the log.
 */
export async function resumePoint(runLog: Pick<RunLog, 'lastBatch'>, run: Run, seen: Seen): Promise<number> {
  const field = seen.lastEventId ? 'Last-Event-ID' : 'after';
  const text = seen.lastEventId || seen.after;
  if (!text) return 0;
  const n = eventNumber(run.runId, field, text);
  const last = await runLog.lastBatch(run.runId);
  const end = last ? last.first + last.events.length : 0;
  if (n < end) return n + 1;
  throw badId(
    field,
    text,
    `run "${run.runId}" has ${end} events so far, numbered from 0: give the id of the last one seen`,
  );
}

function eventNumber(runId: string, field: string, text: string): number {
  const bare = field === 'after' && /^\d{1,9}$/.test(text) ? `${runId}:${text}` : text;
  const id = parseEventId(bare);
  if (!id)
    throw badId(field, text, `expected "${runId}:<number>" as the events carry it, or nothing to start over`);
  if (id.runId !== runId) throw badId(field, text, `that is an event of another run: this one is "${runId}"`);
  return id.n;
}

function badId(field: string, got: string, message: string): HttpError {
  return new HttpError('bad-request', `${field} is ${JSON.stringify(got.slice(0, 100))}, but ${message}.`, {
    field,
  });
}
