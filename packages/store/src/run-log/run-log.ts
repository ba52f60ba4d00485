import { seal as sealName, type Seal } from '@parley/contract/run';
import { storedEvent, type StreamEvent } from '@parley/contract/stream';
import { z } from 'zod';
import { systemClock, timestamp, type Clock } from '../clock.ts';
import { LogLostError, LogUnavailableError } from '../errors.ts';
import { ifAbsent } from '../table/expressions.ts';
import { mayHaveHappened } from '../table/faults.ts';
import { json } from '../table/json.ts';
import type { Batch } from './batch.ts';
import { createTableIo, type Item, type Key, type TableOptions } from '../table/table-io.ts';

/** How and by whom a run is ended. */
export interface Sealing {
  seal: Seal;
  /** The run's last events. */
  events: StreamEvent[];
  writer: string;
}

/** The events of runs. A log only grows, at its end, until a batch seals it. */
export interface RunLog {
  /**
   * Writes a batch where none stands yet. Returns once it stands, even if the answer to the write was lost.
   * @throws LogLostError when another writer's batch stands there.
   * @throws LogUnavailableError after 5 attempts: in about 4 s when the table fails at once, in up to
   *   two minutes when its calls time out.
   */
  append(runId: string, batch: Batch): Promise<void>;
  /** The batches from number `n` on, as far as they stand, in order and without a gap. */
  read(runId: string, n?: number): Promise<Batch[]>;
  /** Like `read`, but no more than DynamoDB gives at once: 1 MB. Empty only where no batch `n` stands. */
  readPage(runId: string, n: number): Promise<Batch[]>;
  /**
   * A page of batches that begins with the one that holds event number `event`, or the last batch when none does.
   */
  readFromEvent(runId: string, event: number): Promise<Batch[]>;
  /** The batch with this number, if it stands. */
  batchAt(runId: string, n: number): Promise<Batch | undefined>;
  /** The newest batch, if there is any. */
  lastBatch(runId: string): Promise<Batch | undefined>;
  /** Ends a run at the end of its log, whoever asks; returns the sealing batch that stands, maybe another's. */
  seal(runId: string, sealing: Sealing): Promise<Batch & { seal: Seal }>;
}

const batchItem = z.object({
  n: z.number().int(),
  first: z.number().int(),
  events: json.pipe(z.array(storedEvent)),
  writer: z.string(),
  seal: sealName.optional(),
});

/** Waits between attempts of a write whose fate is unknown, in ms; the SDK's own attempts come on top. */
const retryAfterMs = [100, 300, 1_000, 2_000];

/** What DynamoDB gives at once. */
const pageBytesMax = 1024 * 1024;

export function createRunLog(options: TableOptions & { clock?: Clock }): RunLog {
  const { clock = systemClock } = options;
  const table = createTableIo(options);
  const batchAt = (runId: string, n: number) => table.get(keyOf(runId, n), batchItem);

  /** Puts the batch, or says which one stands in its place. */
  async function put(runId: string, batch: Batch): Promise<Batch> {
    const item: Item = {
      ...keyOf(runId, batch.n),
      ...batch,
      events: JSON.stringify(batch.events),
      at: timestamp(clock),
    };
    try {
      if (await table.put(item, ifAbsent)) return batch;
    } catch (error) {
      if (!mayHaveHappened(error)) throw error;
      const standing = await batchAt(runId, batch.n);
      if (!standing) throw error; // not yet: the same write again settles it
      return standing;
    }
    const standing = await batchAt(runId, batch.n);
    if (!standing) throw new Error(`run "${runId}": batch ${batch.n} was refused as present, but is absent`);
    return standing;
  }

  async function append(runId: string, batch: Batch): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        const standing = await put(runId, batch);
        // A writer writes each number once, so its own id there means that this write arrived.
        if (standing.writer === batch.writer) return;
        throw new LogLostError(runId, standing);
      } catch (error) {
        if (error instanceof LogLostError || !mayHaveHappened(error)) throw error;
        const wait = retryAfterMs[attempt];
        if (wait === undefined) throw new LogUnavailableError(runId, attempt + 1, error);
        await clock.sleep(wait);
      }
    }
  }

  async function lastBatch(runId: string): Promise<Batch | undefined> {
    for await (const item of table.query({ ...allOf(runId), descending: true, pageSize: 1 })) {
      return table.parse(item, batchItem);
    }
    return undefined;
  }

  async function seal(runId: string, sealing: Sealing): Promise<Batch & { seal: Seal }> {
    for (;;) {
      const last = await lastBatch(runId);
      if (isSealed(last)) return last;
      const n = last ? last.n + 1 : 0;
      const first = last ? last.first + last.events.length : 0;
      const batch = { ...sealing, n, first };
      try {
        await append(runId, batch);
        return batch;
      } catch (error) {
        if (!(error instanceof LogLostError)) throw error; // lost: the log grew, so look at its new end
      }
    }
  }

  /** From the end, where readers come back to; what is further behind `event` than a page is let go again. */
  async function readFromEvent(runId: string, event: number): Promise<Batch[]> {
    if (event === 0) return readPage(runId, 0);
    const found: { batch: Batch; bytes: number }[] = [];
    let bytes = 0;
    for await (const item of table.query({ ...allOf(runId), descending: true, pageSize: 16 })) {
      const batch = table.parse(item, batchItem);
      found.unshift({ batch, bytes: eventBytes(item) });
      bytes += eventBytes(item);
      while (bytes > pageBytesMax && found.length > 1) bytes -= found.pop()!.bytes;
      if (batch.first <= event) break;
    }
    return found.map(({ batch }) => batch);
  }

  const read = (runId: string, n = 0) => readBatches(runId, n, Infinity);
  const readPage = (runId: string, n: number) => readBatches(runId, n, 1);

  async function readBatches(runId: string, n: number, pagesMax: number): Promise<Batch[]> {
    const found: Batch[] = [];
    const range = {
      pk: keyOf(runId, 0).pk,
      between: [keyOf(runId, n).sk, keyOf(runId, numberMax).sk] as const,
      pagesMax,
    };
    for await (const item of table.query(range)) {
      const batch = table.parse(item, batchItem);
      if (batch.n !== n + found.length) break;
      found.push(batch);
    }
    return found;
  }

  return { append, read, readPage, readFromEvent, batchAt, lastBatch, seal };
}

/** Bytes of a batch's events as they are stored. */
function eventBytes({ events }: Item): number {
  return typeof events === 'string' ? Buffer.byteLength(events) : 0;
}

const numberMax = 99_999_999;

function keyOf(runId: string, n: number): Key {
  return { pk: `run#${runId}`, sk: `batch#${String(n).padStart(8, '0')}` };
}

function allOf(runId: string) {
  return { pk: `run#${runId}`, prefix: 'batch#' };
}

function isSealed(batch: Batch | undefined): batch is Batch & { seal: Seal } {
  return batch?.seal !== undefined;
}
