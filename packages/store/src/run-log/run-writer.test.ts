import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StreamEvent } from '@parley/contract/stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createConversationStore, type ConversationStore, type Run } from '../conversations/conversations.ts';
import { LogLostError, LogUnavailableError } from '../errors.ts';
import type { Batch } from './batch.ts';
import { createRunLog, type RunLog } from './run-log.ts';
import { createBatchWindow, createRunWriter, type RunWriter } from './run-writer.ts';
import { manualClock, type ManualClock } from '../testing/clocks.ts';
import { withFaults, type Call } from '../testing/faults.ts';
import { startedRun, textEvents } from '../testing/fixtures.ts';
import { startTestTables, type TestTables } from '../testing/tables.ts';

let tables: TestTables;
let clock: ManualClock;
let conversations: ConversationStore;
let log: RunLog;
let run: Run;
let published: Batch[];
let onPublish: () => void;

beforeAll(async () => {
  tables = await startTestTables();
});
afterAll(() => tables.close());
beforeEach(async () => {
  clock = manualClock();
  const at = { client: tables.client, tableName: tables.conversationsTable, clock };
  conversations = createConversationStore(at);
  log = createRunLog(at);
  ({ run } = await startedRun(conversations));
  published = [];
  onPublish = () => undefined;
});

function newWriter(window = createBatchWindow(), useLog = log): RunWriter {
  const { runId, writerId } = run;
  const publish = (_: string, batch: Batch): void => {
    published.push(batch);
    onPublish();
  };
  return createRunWriter({ log: useLog, runId, writerId, window, leases: conversations, publish, clock });
}

function nextPublished(): Promise<void> {
  return new Promise((resolve) => {
    onPublish = resolve;
  });
}

/** Moves time on as soon as somebody but the lease keeper waits for it. */
async function passWindow(ms: number): Promise<void> {
  while (clock.sleepers < 2) await nextTurn();
  await clock.advance(ms);
}

const stop = { seal: 'stopped' as const, events: [{ type: 'abort' as const, reason: 'stopped' as const }] };
const part = (id: string): StreamEvent => ({ type: 'text-end', id });

describe('batching', () => {
  it('writes the first event at once and collects the next ones for 50 ms', async () => {
    const writer = newWriter();
    const first = nextPublished();
    await writer.write(part('a'));
    await writer.write(part('b'));
    await first;
    expect(published.map(({ events }) => events)).toEqual([[part('a')]]);
    await writer.write(part('c'));
    const second = nextPublished();
    await passWindow(49);
    expect(published).toHaveLength(1);
    await clock.advance(1);
    await second;
    expect(published[1]).toMatchObject({ n: 1, first: 1, events: [part('b'), part('c')] });
    await writer.seal('finished', [{ type: 'finish' }]);
  });

  it('writes at once what comes after a silence of a window', async () => {
    const writer = newWriter();
    for (const id of ['a', 'b']) {
      const next = nextPublished();
      await writer.write(part(id));
      await next;
      await clock.advance(50);
    }
    expect(published.map(({ events }) => events)).toEqual([[part('a')], [part('b')]]);
    await writer.seal('finished', [{ type: 'finish' }]);
  });

  it('writes what opens a step or a text with its first words', async () => {
    const writer = newWriter();
    const opening: StreamEvent[] = [{ type: 'start-step' }, { type: 'text-start', id: 't' }];
    for (const event of opening) await writer.write(event);
    await clock.advance(100);
    expect(published).toEqual([]);
    const first = nextPublished();
    await writer.write({ type: 'text-delta', id: 't', delta: 'Hi' });
    await first;
    expect(published[0]?.events.map(({ type }) => type)).toEqual(['start-step', 'text-start', 'text-delta']);
    await writer.seal('finished', [{ type: 'finish' }]);
  });

  it('knows the whole log once it has sealed it, and only then', async () => {
    const writer = newWriter();
    await writer.write(part('a'));
    expect(writer.ended).toBeUndefined();
    await writer.seal('finished', [{ type: 'finish' }]);
    const batches = await log.read(run.runId);
    expect(writer.ended).toEqual({ seal: 'finished', events: batches.flatMap(({ events }) => events) });
  });

  it('stretches the window with the open runs of the task, from 50 ms to 1 s', () => {
    const window = createBatchWindow();
    const close = Array.from({ length: 400 }, () => window.open());
    expect(window.ms()).toBe(1_000);
    for (const each of close.slice(100)) each();
    expect(window.ms()).toBe(500);
    for (const each of close) each();
    for (const each of close) each();
    expect(window.ms()).toBe(50);
  });

  it('counts a run as open until it is sealed or lost', async () => {
    const window = createBatchWindow();
    for (let i = 0; i < 19; i += 1) window.open();
    const writer = newWriter(window);
    expect(window.ms()).toBe(100);
    await writer.seal('finished', [{ type: 'finish' }]);
    expect(window.ms()).toBe(95);
  });

  it('writes text of one part that came in one window as one event', async () => {
    const writer = newWriter();
    const first = nextPublished();
    await writer.write(part('t'));
    await first;
    for (const event of textEvents(5)) await writer.write(event);
    await writer.seal('finished', [{ type: 'finish' }]);
    expect(published[1]?.events).toEqual([
      { type: 'text-delta', id: 't', delta: '0 1 2 3 4 ' },
      { type: 'finish' },
    ]);
  });

  it('writes a full batch without waiting, and never more than fits in one item', async () => {
    const writer = newWriter();
    const first = nextPublished();
    await writer.write(part('t'));
    await first;
    const large = (i: number): StreamEvent => ({ type: 'text-delta', id: `${i}`, delta: 'x'.repeat(60_000) });
    for (let i = 0; i < 12; i += 1) await writer.write(large(i));
    expect(await writer.seal('finished', [{ type: 'finish' }])).toBe('finished');
    const batches = await log.read(run.runId);
    expect(batches).toEqual(published);
    expect(batches.flatMap(({ events }) => events)).toHaveLength(14);
    for (const { events } of batches) expect(JSON.stringify(events).length).toBeLessThan(320_000);
    expect(batches.map(({ seal }) => seal).filter((seal) => seal)).toEqual(['finished']);
  });

  it('makes its producer wait while the log is slow', async () => {
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const client = withFaults(tables.newClient(), () => slow.then(() => undefined));
    const writer = newWriter(
      undefined,
      createRunLog({ client, tableName: tables.conversationsTable, clock }),
    );
    const large = (i: number): StreamEvent => ({ type: 'text-delta', id: `${i}`, delta: 'x'.repeat(60_000) });
    let accepted = 0;
    const producing = (async () => {
      for (; accepted < 30; accepted += 1) await writer.write(large(accepted));
    })();
    await nextTurn();
    expect(accepted).toBeGreaterThan(5);
    expect(accepted).toBeLessThan(15);
    release();
    await producing;
    expect(await writer.seal('finished', [])).toBe('finished');
    expect((await log.read(run.runId)).flatMap(({ events }) => events)).toHaveLength(30);
  });
});

describe('sealing', () => {
  it('puts the seal on the batch of the last events', async () => {
    const writer = newWriter();
    expect(await writer.seal('finished', [part('a'), { type: 'finish' }])).toBe('finished');
    expect(await log.read(run.runId)).toEqual([
      { n: 0, first: 0, events: [part('a'), { type: 'finish' }], writer: run.writerId, seal: 'finished' },
    ]);
    expect(writer.lost.aborted).toBe(false);
    expect(clock.sleepers).toBe(0);
  });

  it('works without last events, even when all others are written', async () => {
    const writer = newWriter();
    const first = nextPublished();
    await writer.write(part('a'));
    await first;
    expect(await writer.seal('failed', [])).toBe('failed');
    expect((await log.read(run.runId)).map(({ events, seal }) => [events.length, seal])).toEqual([
      [1, undefined],
      [0, 'failed'],
    ]);
  });

  it('leaves a run whose last event is too large to whoever finds its lease expired', async () => {
    const writer = newWriter();
    const large: StreamEvent = { type: 'error', errorText: 'x'.repeat(70_000) };
    await expect(writer.seal('failed', [large])).rejects.toThrow('an event "error" of 70');
    expect(clock.sleepers).toBe(0);
    await clock.advance(15_000);
    expect(await conversations.settleRun(run)).toBe('interrupted');
  });

  it('takes no event afterwards, and no second seal', async () => {
    const writer = newWriter();
    await writer.seal('finished', [{ type: 'finish' }]);
    await expect(writer.write(part('a'))).rejects.toThrow('it takes no "text-end" event');
    await expect(writer.seal('stopped', [])).rejects.toThrow('is sealed already, as finished');
  });
});

describe('a run that somebody else ended', () => {
  it('is lost at the next write, and the seal that stands is told', async () => {
    const writer = newWriter();
    await log.seal(run.runId, { ...stop, writer: 'other' });
    await writer.write(part('a'));
    expect(await writer.seal('finished', [{ type: 'finish' }])).toBe('stopped');
    expect(writer.lost.reason).toBeInstanceOf(LogLostError);
    await expect(writer.write(part('b'))).rejects.toBeInstanceOf(LogLostError);
    expect(published).toEqual([]);
  });

  it('is noticed while the model is silent, when the lease is renewed', async () => {
    const writer = newWriter();
    const first = nextPublished();
    await writer.write(part('a'));
    await first;
    await log.seal(run.runId, { ...stop, writer: 'other' });
    const lost = new Promise((resolve) => writer.lost.addEventListener('abort', resolve));
    await clock.advance(5_000);
    await lost;
    expect(await writer.seal('finished', [{ type: 'finish' }])).toBe('stopped');
    expect(clock.sleepers).toBe(0);
  });

  it('gets no further write, not even of what was being collected', async () => {
    const puts: Call[] = [];
    const client = withFaults(tables.newClient(), (call) => void (call.command === 'Put' && puts.push(call)));
    const writer = newWriter(
      undefined,
      createRunLog({ client, tableName: tables.conversationsTable, clock }),
    );
    const first = nextPublished();
    await writer.write(part('a'));
    await first;
    await clock.advance(4_980);
    const second = nextPublished();
    await writer.write(part('b'));
    await second;
    await writer.write(part('c'));
    await log.seal(run.runId, { ...stop, writer: 'other' });
    const lost = new Promise((resolve) => writer.lost.addEventListener('abort', resolve));
    await clock.advance(20);
    await lost;
    expect(await writer.seal('finished', [])).toBe('stopped');
    expect(puts).toHaveLength(2);
  });

  it('is lost without a seal to tell when another execution writes it', async () => {
    await log.append(run.runId, { n: 0, first: 0, events: [part('x')], writer: 'other' });
    const writer = newWriter();
    expect(await writer.seal('finished', [{ type: 'finish' }])).toBeUndefined();
    expect(writer.lost.aborted).toBe(true);
  });
});

describe('the lease', () => {
  it('is renewed for 15 s every 5 s, until the seal', async () => {
    const writer = newWriter();
    for (const seconds of [5, 10, 15, 20]) {
      await clock.advance(5_000);
      while (clock.sleepers < 1) await nextTurn();
      const { leaseUntil } = (await conversations.getRun(run.runId))!;
      expect(leaseUntil - run.leaseUntil).toBe(seconds * 1_000);
    }
    await writer.seal('finished', [{ type: 'finish' }]);
    expect(clock.sleepers).toBe(0);
  });

  it('outlives a table that fails for nearly as long as it lasts', async () => {
    const failsUntil = clock.now() + 13_000;
    const client = withFaults(tables.newClient(), ({ command }) =>
      command === 'Update' && clock.now() < failsUntil ? 'fault' : undefined,
    );
    conversations = createConversationStore({ client, tableName: tables.conversationsTable, clock });
    const writer = newWriter();
    for (let second = 0; second < 14; second += 1) {
      await clock.advance(1_000);
      while (clock.sleepers < 1) await nextTurn();
    }
    expect((await conversations.getRun(run.runId))!.leaseUntil).toBeGreaterThan(run.leaseUntil);
    expect(writer.lost.aborted).toBe(false);
    await writer.seal('finished', []);
  });
});

it('loses a run whose log stays away, with the reason, so that it is not written unseen', async () => {
  const client = withFaults(tables.newClient(), () => 'not-sent');
  const away = createRunLog({ client, tableName: tables.conversationsTable, clock });
  const writer = newWriter(undefined, away);
  await writer.write(part('a'));
  while (!writer.lost.aborted) await clock.advance(500);
  expect(await writer.seal('finished', [])).toBeUndefined();
  expect(writer.lost.reason).toBeInstanceOf(LogUnavailableError);
  expect(published).toEqual([]);
});
