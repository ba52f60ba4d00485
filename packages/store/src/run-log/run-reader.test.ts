import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StreamEvent } from '@parley/contract/stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConversationStore, type ConversationStore, type Run } from '../conversations/conversations.ts';
import type { Batch } from './batch.ts';
import { createRunLog, type RunLog } from './run-log.ts';
import { createRunReader, type NumberedEvent, type RunReader } from './run-reader.ts';
import { eagerClock, manualClock, type ManualClock } from '../testing/clocks.ts';
import { withFaults, type Call } from '../testing/faults.ts';
import { newerEvents, startedRun, textEvents } from '../testing/fixtures.ts';
import { startTestTables, type TestTables } from '../testing/tables.ts';

let tables: TestTables;
let conversations: ConversationStore;
let log: RunLog;
beforeAll(async () => {
  tables = await startTestTables();
  const at = { client: tables.client, tableName: tables.conversationsTable };
  conversations = createConversationStore(at);
  log = createRunLog(at);
});
afterAll(() => tables.close());

async function taken(events: AsyncIterable<NumberedEvent>): Promise<NumberedEvent[]> {
  const all: NumberedEvent[] = [];
  for await (const each of events) all.push(each);
  return all;
}

/** Moves time on, poll by poll, until the promise is settled. */
async function whileTimePasses<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settled = promise.finally(() => {
    isSettled = true;
  });
  while (!isSettled) await clock.advance(200);
  return settled;
}

/** Cuts numbered events into batches of these sizes; the last one is sealed. */
function batchesOf(sizes: readonly number[], writer: string): Batch[] {
  let first = 0;
  return sizes.map((size, n) => {
    const batch: Batch = { n, first, events: textEvents(size, first), writer };
    first += size;
    return n === sizes.length - 1 ? { ...batch, seal: 'finished' } : batch;
  });
}

function numbered(batches: readonly Batch[], from = 0): NumberedEvent[] {
  const events: StreamEvent[] = batches.flatMap((batch) => batch.events);
  return events.map((event, n) => ({ n, event })).slice(from);
}

describe('following a run', () => {
  it('gives every reader each event once, in order, whatever the batches and whenever it comes', async () => {
    const step = fc.record({
      size: fc.integer({ min: 1, max: 4 }),
      /** Readers that come before this batch, each from an event between 0 and all there will be. */
      readers: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 2 }),
      /** How this process hears of the batch: from its writer, twice, too early, or only by polling. */
      news: fc.constantFrom('published', 'twice', 'next-too', 'polled'),
      turns: fc.integer({ min: 0, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const { run } = await startedRun(conversations);
        const reader = createRunReader({ log, runs: conversations, clock: eagerClock(Date.now()) });
        const batches = batchesOf(
          steps.map(({ size }) => size),
          run.writerId,
        );
        const total = numbered(batches).length;
        const following: Promise<{ from: number; events: NumberedEvent[] }>[] = [];
        for (const [n, { readers, news, turns }] of steps.entries()) {
          for (const share of readers) {
            const from = Math.floor(share * total);
            following.push(taken(reader.follow(run, from)).then((events) => ({ from, events })));
          }
          for (let i = 0; i < turns; i += 1) await nextTurn();
          await log.append(run.runId, batches[n]!);
          tell(reader, run, batches, n, news);
        }
        following.push(taken(reader.follow(run)).then((events) => ({ from: 0, events })));
        for (const { from, events } of await Promise.all(following)) {
          expect(events).toEqual(numbered(batches, from));
        }
        expect(reader.polled).toBe(0);
      }),
      { numRuns: 25 },
    );
  });

  function tell(reader: RunReader, run: Run, batches: Batch[], n: number, news: string): void {
    if (news !== 'polled') reader.publish(run.runId, batches[n]!);
    if (news === 'twice') reader.publish(run.runId, batches[n]!);
    // A batch that does not stand yet cannot be published by a writer of ours; an old one can be.
    if (news === 'next-too' && n > 0) reader.publish(run.runId, batches[n - 1]!);
  }

  it('lets a slow reader have what this process no longer has at hand', async () => {
    const { run } = await startedRun(conversations);
    const reader = createRunReader({ log, runs: conversations, clock: eagerClock(Date.now()) });
    const batches = batchesOf(
      Array.from({ length: 60 }, () => 1),
      'w',
    );
    await log.append(run.runId, batches[0]!);
    const quick = taken(reader.follow(run));
    const slow: NumberedEvent[] = [];
    for await (const each of reader.follow(run)) {
      slow.push(each);
      if (each.n > 0) continue;
      for (const batch of batches.slice(1)) {
        await log.append(run.runId, batch);
        reader.publish(run.runId, batch);
      }
      await quick;
    }
    expect(slow).toEqual(numbered(batches));
    expect(await quick).toEqual(slow);
  });

  it('passes on what a newer version wrote, unchanged and numbered with the rest', async () => {
    const { run } = await startedRun(conversations);
    const batch = { n: 0, first: 0, writer: 'w', seal: 'finished' as const };
    await log.append(run.runId, { ...batch, events: [...newerEvents, ...textEvents(1)] });
    const reader = createRunReader({ log, runs: conversations });
    const expected = [...newerEvents, ...textEvents(1)].map((event, n) => ({ n, event }));
    expect(await taken(reader.follow(run))).toEqual(expected);
    expect(await taken(reader.follow(run, 1))).toEqual(expected.slice(1));
  });

  it('ends at once when asked for what comes after the end', async () => {
    const { run } = await startedRun(conversations);
    for (const batch of batchesOf([2, 1], 'w')) await log.append(run.runId, batch);
    const reader = createRunReader({ log, runs: conversations });
    expect(await taken(reader.follow(run, 3))).toEqual([]);
    expect(await taken(reader.follow(run, 99))).toEqual([]);
    expect((await taken(reader.follow(run, 2))).map(({ n }) => n)).toEqual([2]);
  });

  it('stops when its signal aborts, and polls no more', async () => {
    const { run } = await startedRun(conversations);
    const reader = createRunReader({ log, runs: conversations, clock: eagerClock(Date.now()) });
    const cut = new AbortController();
    const [first] = batchesOf([1, 1], 'w');
    await log.append(run.runId, first!);
    const events: NumberedEvent[] = [];
    for await (const each of reader.follow(run, 0, cut.signal)) {
      events.push(each);
      setImmediate(() => cut.abort());
    }
    expect(events).toHaveLength(1);
    expect(reader.polled).toBe(0);
  });

  it('goes on through failing reads, and says when the log stays away', async () => {
    const { run } = await startedRun(conversations);
    let failures = 0;
    const client = withFaults(tables.newClient(), ({ number }) => {
      if (number === 0 || failures >= 30) return undefined;
      failures += 1;
      return failures % 10 === 0 ? undefined : 'fault';
    });
    const shaky = createRunLog({ client, tableName: tables.conversationsTable });
    const reader = createRunReader({ log: shaky, runs: conversations, clock: eagerClock(Date.now()) });
    const following = taken(reader.follow(run));
    while (failures < 25) await nextTurn();
    for (const batch of batchesOf([1, 1], 'w')) await log.append(run.runId, batch);
    expect(await following).toHaveLength(2);

    const gone = withFaults(tables.newClient(), ({ number }) => (number === 0 ? undefined : 'fault'));
    const away = createRunLog({ client: gone, tableName: tables.conversationsTable });
    const lost = createRunReader({ log: away, runs: conversations, clock: eagerClock(Date.now()) });
    const { run: other } = await startedRun(conversations);
    await expect(taken(lost.follow(other))).rejects.toMatchObject({ name: 'StoreUnavailableError' });
  });

  it('does not hold a failure that is over against a reader that was slow meanwhile', async () => {
    const { run } = await startedRun(conversations);
    let isAway = false;
    let answered = 0;
    const client = withFaults(tables.newClient(), () => (isAway ? 'fault' : void (answered += 1)));
    const shaky = createRunLog({ client, tableName: tables.conversationsTable });
    const reader = createRunReader({ log: shaky, runs: conversations, clock: eagerClock(Date.now()) });
    const [first, last] = batchesOf([2, 1], 'w');
    await log.append(run.runId, first!);
    const slow = reader.follow(run);
    expect((await slow.next()).value).toMatchObject({ n: 0 });
    const waiting = reader.follow(run, 2);
    const told = waiting.next();
    while (answered < 3) await nextTurn(); // both have read, and the polling has begun
    isAway = true;
    await expect(told).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    isAway = false;
    const before = answered;
    while (answered === before) await nextTurn();
    await log.append(run.runId, last!);
    expect((await taken(slow)).map(({ n }) => n)).toEqual([1, 2]);
  });
});

/** A reader in a time of its own, and the calls of the table that it makes. */
function countingReader() {
  const clock = manualClock(Date.now());
  const calls: Call[] = [];
  const client = withFaults(tables.newClient(), (call) => void calls.push(call));
  const counted = createRunLog({ client, tableName: tables.conversationsTable });
  return { clock, calls, reader: createRunReader({ log: counted, runs: conversations, clock }) };
}

describe('polling', () => {
  it('is one read per 200 ms and run, however many readers there are', async () => {
    const { clock, calls, reader } = countingReader();
    const { run } = await startedRun(conversations);
    const following = Array.from({ length: 20 }, () => taken(reader.follow(run)));
    while (clock.sleepers < 1) await nextTurn();
    const before = calls.length;
    for (let i = 0; i < 10; i += 1) {
      await clock.advance(200);
      while (clock.sleepers < 1) await nextTurn();
    }
    expect(calls.length - before).toBe(10);
    expect(reader.polled).toBe(1);
    for (const batch of batchesOf([3, 1], 'w')) {
      await log.append(run.runId, batch);
      reader.publish(run.runId, batch);
    }
    for (const events of await Promise.all(following)) expect(events).toHaveLength(4);
    expect(calls.length - before).toBe(10);
    expect(clock.sleepers).toBe(0);
  });
});

describe('a run whose writer is on this process', () => {
  it('is not read while batches come from the writer, and again once it is silent', async () => {
    const { clock, calls, reader } = countingReader();
    const { run } = await startedRun(conversations);
    const batches = batchesOf([1, 1, 1, 1, 1, 1], 'w');
    const following = taken(reader.follow(run));
    while (clock.sleepers < 1) await nextTurn();
    const before = calls.length;
    for (const batch of batches.slice(0, 4)) {
      await log.append(run.runId, batch);
      reader.publish(run.runId, batch);
      await clock.advance(1_000);
    }
    expect(calls.length - before).toBe(0);
    // Written by nobody of this process: only reading finds them.
    for (const batch of batches.slice(4)) await log.append(run.runId, batch);
    expect(await whileTimePasses(clock, following)).toEqual(numbered(batches));
    expect(calls.length - before).toBe(1);
  });
});

describe('a new run of this process', () => {
  it('is followed without a read, until its writer is silent', async () => {
    const { clock, calls, reader } = countingReader();
    const { run } = await startedRun(conversations);
    const batches = batchesOf([1, 1, 1, 1], 'w');
    const following = taken(reader.follow(run, 0, undefined, true));
    for (const batch of batches.slice(0, 2)) {
      await log.append(run.runId, batch);
      reader.publish(run.runId, batch);
    }
    await clock.advance(1_000);
    expect(calls).toEqual([]);
    for (const batch of batches.slice(2)) await log.append(run.runId, batch);
    expect(await whileTimePasses(clock, following)).toEqual(numbered(batches));
    expect(calls).toHaveLength(1);
  });
});

describe('a run whose writer is gone', () => {
  it('is sealed as interrupted once its lease has expired, and its readers get to the end', async () => {
    const clock = manualClock();
    const at = { client: tables.client, tableName: tables.conversationsTable, clock };
    const store = createConversationStore(at);
    const { run, session } = await startedRun(store);
    await log.append(run.runId, {
      n: 0,
      first: 0,
      events: [{ type: 'text-start', id: 't' }, ...textEvents(2)],
      writer: run.writerId,
    });
    const reader = createRunReader({ log, runs: store, clock });
    const following = taken(reader.follow(run));
    while (clock.sleepers < 1) await nextTurn();
    await clock.advance(14_600);
    while (clock.sleepers < 1) await nextTurn();
    expect((await log.lastBatch(run.runId))?.seal).toBeUndefined();
    await clock.advance(600);
    expect((await whileTimePasses(clock, following)).at(-1)).toEqual({
      n: 3,
      event: { type: 'abort', reason: 'interrupted' },
    });
    expect(await store.listMessages(session)).toMatchObject([
      { role: 'user' },
      { status: 'interrupted', parts: [{ type: 'text', text: '0 1 ' }] },
    ]);
  });

  it('is left alone while somebody renews its lease', async () => {
    const clock = manualClock();
    const store = createConversationStore({
      client: tables.client,
      tableName: tables.conversationsTable,
      clock,
    });
    const { run } = await startedRun(store);
    const reader = createRunReader({ log, runs: store, clock });
    const cut = new AbortController();
    const following = taken(reader.follow(run, 0, cut.signal));
    while (clock.sleepers < 1) await nextTurn();
    for (let seconds = 0; seconds < 40; seconds += 5) {
      expect(await store.renewLease(run.runId, run.writerId, clock.now() + 15_000)).toBe(true);
      await clock.advance(5_000);
      while (clock.sleepers < 1) await nextTurn();
    }
    expect(await log.lastBatch(run.runId)).toBeUndefined();
    cut.abort();
    expect(await following).toEqual([]);
  });
});
