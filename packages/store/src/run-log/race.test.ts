/**
 * Two executions race for one run's log, and a third party stops it, in every order in which
 * their calls can reach the table, with and without lost answers.
 */
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from './batch.ts';
import { createRunLog, type RunLog } from './run-log.ts';
import { createBatchWindow, createRunWriter } from './run-writer.ts';
import { eagerClock } from '../testing/clocks.ts';
import { withFaults, type Fault } from '../testing/faults.ts';
import { textEvents } from '../testing/fixtures.ts';
import { startTestTables, type TestTables } from '../testing/tables.ts';

let tables: TestTables;
beforeAll(async () => {
  tables = await startTestTables();
});
afterAll(() => tables.close());

/** Holds the calls of several parties and lets one at a time through, as the test chooses. */
class Gate {
  #held: { party: string; isWrite: boolean; release: (fault?: Fault) => void }[] = [];

  /** Where a party's calls wait. */
  hold(party: string, isWrite: boolean): Promise<Fault | undefined> {
    return new Promise((release) => this.#held.push({ party, isWrite, release }));
  }

  /** Every call that waits, and what may happen to it. */
  options(faultsLeft: number): { index: number; isWrite: boolean; fault?: Fault }[] {
    return this.#held
      .map(({ party, isWrite }, index) => ({ party, isWrite, index }))
      .sort((a, b) => a.party.localeCompare(b.party))
      .flatMap(({ index, isWrite }) => {
        const faults: Fault[] = isWrite && faultsLeft > 0 ? ['answer-lost', 'not-sent'] : [];
        return [undefined, ...faults].map((fault) => ({ index, isWrite, fault }));
      });
  }

  release(index: number, fault?: Fault): void {
    this.#held.splice(index, 1)[0]!.release(fault);
  }
}

/**
 * Runs `scenario` once per possible order: each run follows a path of choices, takes the first
 * option wherever the path ends, and the next path differs in the last choice that has options left.
 */
async function inEveryOrder(
  scenario: (choose: (options: number) => number) => Promise<void>,
): Promise<number> {
  let path: { chosen: number; options: number }[] = [];
  for (let count = 1; ; count += 1) {
    let depth = 0;
    await scenario((options) => {
      const at = path[depth] ?? { chosen: 0, options };
      path[depth++] = at;
      expect(options, 'a replayed path meets the same calls').toBe(at.options);
      return at.chosen;
    });
    path = path.slice(0, depth);
    while (path.length > 0 && path.at(-1)!.chosen === path.at(-1)!.options - 1) path.pop();
    const last = path.at(-1);
    if (!last) return count;
    last.chosen += 1;
  }
}

/** One client per party, made once; the gate of the current scenario is behind each. */
let gate = new Gate();
let inFlight = 0;
const logs = new Map<string, RunLog>();
function gatedLog(party: string): RunLog {
  const known = logs.get(party);
  if (known) return known;
  const client = withFaults(tables.newClient(), ({ command }) => gate.hold(party, command === 'Put'));
  client.middlewareStack.add(
    (next) => async (args) => {
      inFlight += 1;
      try {
        return await next(args);
      } finally {
        inFlight -= 1;
      }
    },
    { step: 'initialize', name: 'in-flight' },
  );
  const log = createRunLog({ client, tableName: tables.conversationsTable, clock: eagerClock() });
  logs.set(party, log);
  return log;
}

/** Waits until every party waits at the gate, or is done. */
async function quiet(): Promise<void> {
  for (let turns = 0; turns < 4; turns += 1) {
    await nextTurn();
    if (inFlight > 0) turns = 0;
  }
}

interface Party {
  name: string;
  /** How this party believes that the run ended. */
  outcome: Promise<string | undefined>;
  published: Batch[];
  lost?: AbortSignal;
}

const parties = {
  /** Writes two batches, the second one sealed. */
  writer: (name: string, runId: string): Party => writing(name, runId, 2),
  /** Writes one batch, sealed. */
  brief: (name: string, runId: string): Party => writing(name, runId, 0),
  stopper: (name: string, runId: string): Party => {
    const events = [{ type: 'abort' as const, reason: 'stopped' as const }];
    const outcome = gatedLog(name).seal(runId, { seal: 'stopped', events, writer: name });
    return { name, outcome: outcome.then(({ seal }) => seal), published: [] };
  },
};

function writing(name: string, runId: string, events: number): Party {
  const published: Batch[] = [];
  const writer = createRunWriter({
    log: gatedLog(name),
    runId,
    writerId: name,
    window: createBatchWindow(),
    leases: { renewLease: () => Promise.resolve(true) },
    publish: (_, batch) => published.push(batch),
    clock: { now: () => 0, sleep: (ms, signal) => (ms < 5_000 ? nextTurn() : aborted(signal!)) },
  });
  const script = async (): Promise<string | undefined> => {
    try {
      for (const event of textEvents(events)) await writer.write(event);
    } catch {
      // lost in between
    }
    return writer.seal('finished', [{ type: 'finish' }]);
  };
  return { name, outcome: script(), published, lost: writer.lost };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

async function race(kinds: (keyof typeof parties)[], faults: number) {
  const observer = createRunLog({ client: tables.client, tableName: tables.conversationsTable });
  const winners = new Set<string>();
  const orders = await inEveryOrder(async (choose) => {
    gate = new Gate();
    const runId = randomUUID();
    const all = kinds.map((kind, i) => parties[kind](`${kind}-${i}`, runId));
    let faultsLeft = faults;
    let before: Batch[] = [];
    for (;;) {
      await quiet();
      const options = gate.options(faultsLeft);
      if (options.length === 0) break;
      const { index, isWrite, fault } = options[choose(options.length)]!;
      if (fault) faultsLeft -= 1;
      gate.release(index, fault);
      await quiet();
      if (isWrite) before = await grown(observer, runId, before, all);
    }
    winners.add(await ended(before, all));
  });
  return { orders, winners };
}

/** Reads the log, which only ever grows and holds whatever anybody has published. */
async function grown(log: RunLog, runId: string, before: Batch[], all: Party[]): Promise<Batch[]> {
  const batches = await log.read(runId);
  expect(batches.slice(0, before.length)).toEqual(before);
  if (before.at(-1)?.seal) expect(batches).toHaveLength(before.length);
  let first = 0;
  for (const [n, batch] of batches.entries()) {
    expect(batch).toMatchObject({ n, first });
    first += batch.events.length;
  }
  for (const { published } of all) for (const batch of published) expect(batches).toContainEqual(batch);
  return batches;
}

/** One party has the log to itself from where it won; every other one knows that it lost. */
async function ended(batches: Batch[], all: Party[]): Promise<string> {
  const last = batches.at(-1);
  const writers = new Set(batches.map(({ writer }) => writer).filter((name) => !name.startsWith('stopper')));
  expect(writers.size).toBeLessThanOrEqual(1);
  for (const party of all) {
    const outcome = await party.outcome;
    const isWinner = last?.writer === party.name;
    if (isWinner || party.name.startsWith('stopper')) expect(outcome).toBe(last?.seal);
    // A loser may have lost to a batch that did not seal, but never believes in another end.
    if (outcome !== undefined) expect(outcome).toBe(last?.seal);
    if (!party.lost) continue;
    expect(party.lost.aborted).toBe(!isWinner);
    expect(party.published).toEqual(batches.filter(({ writer }) => writer === party.name));
  }
  return `${last?.writer} ${last?.seal}`;
}

describe('in every order of calls', () => {
  it('one of two writers wins, and the other one is told that it lost', async () => {
    const { orders, winners } = await race(['writer', 'writer'], 0);
    expect(winners).toEqual(new Set(['writer-0 finished', 'writer-1 finished']));
    expect(orders).toBeGreaterThan(5);
  });

  it('the same holds when answers to writes are lost', async () => {
    const { orders, winners } = await race(['writer', 'writer'], 1);
    expect(winners).toEqual(new Set(['writer-0 finished', 'writer-1 finished']));
    expect(orders).toBeGreaterThan(50);
  });

  it('a writer and a stop end with one seal that both know', async () => {
    const { orders, winners } = await race(['writer', 'stopper'], 0);
    expect(winners).toEqual(new Set(['writer-0 finished', 'stopper-1 stopped']));
    expect(orders).toBeGreaterThan(5);
  });

  it('the same holds when answers to their writes are lost', async () => {
    const { orders, winners } = await race(['brief', 'stopper'], 1);
    expect(winners).toEqual(new Set(['brief-0 finished', 'stopper-1 stopped']));
    expect(orders).toBeGreaterThan(20);
  });

  it('a writer and two stops end with one seal that all three know', async () => {
    const { orders, winners } = await race(['brief', 'stopper', 'stopper'], 0);
    expect(winners).toEqual(new Set(['brief-0 finished', 'stopper-1 stopped', 'stopper-2 stopped']));
    expect(orders).toBeGreaterThan(50);
  });
});
