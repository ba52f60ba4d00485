import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventTooLargeError, LogLostError, LogUnavailableError } from '../errors.ts';
import { EventBuffer } from './event-buffer.ts';
import type { Batch } from './batch.ts';
import { createRunLog, type RunLog } from './run-log.ts';
import { eagerClock } from '../testing/clocks.ts';
import { withFaults, type Fault } from '../testing/faults.ts';
import { textEvents } from '../testing/fixtures.ts';
import { startTestTables, type TestTables } from '../testing/tables.ts';

let tables: TestTables;
let log: RunLog;
beforeAll(async () => {
  tables = await startTestTables();
  log = createRunLog({ client: tables.client, tableName: tables.conversationsTable, clock: eagerClock() });
});
afterAll(() => tables.close());

const batch = (n: number, writer: string, more: Partial<Batch> = {}): Batch => ({
  n,
  first: n,
  events: textEvents(1, n),
  writer,
  ...more,
});

/** A log whose puts meet these faults, one after the other. */
function faultyLog(faults: Fault[]): RunLog {
  const client = withFaults(tables.newClient(), ({ command }) =>
    command === 'Put' ? faults.shift() : undefined,
  );
  return createRunLog({ client, tableName: tables.conversationsTable, clock: eagerClock() });
}

describe('a write whose answer was lost', () => {
  it('counts as written when the writer finds its own batch there', async () => {
    const runId = randomUUID();
    await faultyLog(['answer-lost']).append(runId, batch(0, 'a'));
    expect(await log.read(runId)).toEqual([batch(0, 'a')]);
  });

  it('is written again when it never arrived', async () => {
    const runId = randomUUID();
    const faults: Fault[] = ['not-sent', 'not-sent', 'fault'];
    await faultyLog(faults).append(runId, batch(0, 'a'));
    expect(faults).toEqual([]);
    expect(await log.read(runId)).toEqual([batch(0, 'a')]);
  });

  it('is lost when another writer stands there, and the error shows whose batch it is', async () => {
    const runId = randomUUID();
    await log.append(runId, batch(0, 'b', { seal: 'stopped' }));
    const lost = faultyLog(['not-sent']).append(runId, batch(0, 'a'));
    await expect(lost).rejects.toBeInstanceOf(LogLostError);
    await expect(lost).rejects.toMatchObject({
      code: 'log-lost',
      standing: { writer: 'b', seal: 'stopped' },
    });
  });

  it('counts as written when the SDK itself repeated it and was refused', async () => {
    const runId = randomUUID();
    const client = tables.newClient();
    let isFirst = true;
    client.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        if (!isFirst) return answer;
        isFirst = false;
        throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
      },
      { step: 'deserialize', name: 'lose-first-answer', priority: 'high' },
    );
    const retrying = createRunLog({ client, tableName: tables.conversationsTable });
    await retrying.append(runId, batch(0, 'a'));
    expect(await log.read(runId)).toEqual([batch(0, 'a')]);
  });

  it('is given up, with the cause, when the table stays away', async () => {
    const runId = randomUUID();
    const client = withFaults(tables.newClient(), () => 'not-sent');
    const away = createRunLog({ client, tableName: tables.conversationsTable, clock: eagerClock() });
    const appended = away.append(runId, batch(0, 'a'));
    await expect(appended).rejects.toBeInstanceOf(LogUnavailableError);
    await expect(appended).rejects.toMatchObject({
      cause: { name: 'StoreUnavailableError', cause: { name: 'TimeoutError' } },
    });
  });

  it('is not repeated when the service refused it', async () => {
    const missing = createRunLog({ client: tables.client, tableName: 'missing' });
    await expect(missing.append('run', batch(0, 'a'))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('reading', () => {
  it('pages through a log of more than 1 MB', async () => {
    const runId = randomUUID();
    const delta = 'x'.repeat(60_000);
    const events = Array.from({ length: 4 }, () => ({ type: 'text-delta' as const, id: 't', delta }));
    for (let n = 0; n < 6; n += 1) await log.append(runId, batch(n, 'a', { first: n * 4, events }));
    expect((await log.read(runId)).map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5]);
    expect((await log.read(runId, 4)).map(({ n }) => n)).toEqual([4, 5]);
    expect((await log.readFromEvent(runId, 9)).map(({ n }) => n)).toEqual([2, 3, 4, 5]);
  });

  it('stops before a gap', async () => {
    const runId = randomUUID();
    await log.append(runId, batch(0, 'a'));
    await log.append(runId, batch(2, 'a'));
    expect((await log.read(runId)).map(({ n }) => n)).toEqual([0]);
  });

  it('finds the batch of any event', async () => {
    const runId = randomUUID();
    for (let n = 0; n < 40; n += 1)
      await log.append(runId, batch(n, 'a', { first: n * 3, events: textEvents(3, n * 3) }));
    for (const event of [0, 1, 3, 59, 60, 118, 119]) {
      expect((await log.readFromEvent(runId, event))[0]?.n).toBe(Math.floor(event / 3));
    }
    expect((await log.readFromEvent(runId, 120)).map(({ n }) => n)).toEqual([39]);
    expect(await log.readFromEvent(randomUUID(), 5)).toEqual([]);
  });

  it('says which item cannot be read, and why', async () => {
    const runId = randomUUID();
    await log.append(runId, batch(0, 'a', { events: [{ kind: 'finish' } as never] }));
    await expect(log.read(runId)).rejects.toThrow(
      `table "${tables.conversationsTable}", item run#${runId} / batch#00000000 cannot be read:\nevents[0].type: `,
    );
  });
});

describe('sealing', () => {
  it('stands at the end, and only the first seal does', async () => {
    const runId = randomUUID();
    await log.append(runId, batch(0, 'a'));
    const stop = { seal: 'stopped' as const, events: textEvents(1), writer: 's' };
    expect(await log.seal(runId, stop)).toMatchObject({ n: 1, first: 1, seal: 'stopped', writer: 's' });
    expect(await log.seal(runId, { ...stop, seal: 'interrupted', writer: 't' })).toMatchObject({
      writer: 's',
    });
    await expect(log.append(runId, batch(1, 'a'))).rejects.toBeInstanceOf(LogLostError);
  });

  it('of a run that wrote nothing is its first batch', async () => {
    const runId = randomUUID();
    await log.seal(runId, { seal: 'interrupted', events: [], writer: 's' });
    expect(await log.read(runId)).toEqual([{ n: 0, first: 0, events: [], writer: 's', seal: 'interrupted' }]);
  });

  it('wins in the end against a writer that keeps appending', async () => {
    const runId = randomUUID();
    let n = 0;
    const client = withFaults(tables.newClient(), async ({ command }) => {
      if (command === 'Put' && n < 5) await log.append(runId, batch(n++, 'a'));
      return undefined;
    });
    const sealer = createRunLog({ client, tableName: tables.conversationsTable, clock: eagerClock() });
    expect(await sealer.seal(runId, { seal: 'stopped', events: [], writer: 's' })).toMatchObject({
      n: 5,
      first: 5,
    });
  });
});

describe('a batch', () => {
  it('never holds more than an item takes, and loses nothing', () => {
    const text = fc
      .tuple(fc.constantFrom('a', 'é', '"', '\u0000'), fc.integer({ min: 0, max: 10_000 }))
      .map(([letter, length]) => letter.repeat(length));
    const part = fc.record({
      type: fc.constant('text-delta' as const),
      id: fc.constantFrom('a', 'b'),
      delta: text,
    });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 100, size: 'max' }), (events) => {
        const buffer = new EventBuffer();
        for (const event of events) buffer.add(event);
        const written: typeof events = [];
        while (!buffer.isEmpty) {
          const taken = buffer.take() as typeof events;
          expect(Buffer.byteLength(JSON.stringify(taken))).toBeLessThan(310 * 1024);
          for (const each of taken)
            expect(Buffer.byteLength(JSON.stringify(each))).toBeLessThanOrEqual(64 * 1024);
          written.push(...taken);
        }
        expect(buffer.bytes).toBe(0);
        for (const id of ['a', 'b']) {
          const textOf = (all: typeof events) =>
            all
              .filter((each) => each.id === id)
              .map(({ delta }) => delta)
              .join('');
          expect(textOf(written)).toBe(textOf(events));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('refuses an event that is too large, and says what to do', () => {
    const event = { type: 'text-delta' as const, id: 't', delta: 'x'.repeat(70_000) };
    expect(() => new EventBuffer().add(event)).toThrow(EventTooLargeError);
    expect(() => new EventBuffer().add(event)).toThrow(
      'expected at most 65536 bytes of JSON; shorten the output',
    );
  });
});
