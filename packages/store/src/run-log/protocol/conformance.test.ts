/** Random walks through the model, each step done by the real code too, on the embedded DynamoDB. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestTables, type TestTables } from '../../testing/tables.ts';
import { Clients } from './clients.ts';
import type { Step } from './explore.ts';
import { protocol, type Scenario } from './model.ts';
import { Replay, type Standing } from './replay.ts';
import type { Append, State } from './state.ts';

let tables: TestTables;
let clients: Clients;
beforeAll(async () => {
  tables = await startTestTables();
  clients = new Clients(tables);
});
afterAll(() => tables.close());

const real = { attempts: 5, kept: 32 };
const everybody: Scenario = {
  writers: ['A', 'B'],
  hasReader: true,
  sealers: ['stop', 'settler'],
  faults: 6,
  crashes: 2,
  bounds: { ...real, batches: 3 },
};
const mostlyReading: Scenario = {
  writers: ['A'],
  hasReader: true,
  sealers: ['settler'],
  faults: 1,
  crashes: 1,
  bounds: { ...real, batches: 6 },
};

it.each([
  ['two executions, a reader, a stop and a settler', everybody],
  ['one execution, a reader and a settler', mostlyReading],
])('the real code makes the calls of the model and ends where it ends: %s', async (_, scenario) => {
  const walks = fc.array(fc.nat(), { minLength: 50, maxLength: 50 });
  const follows = fc.asyncProperty(walks, async (walk) => {
    const choices = walk.values();
    const choose = (open: Step<State>[]) => open[(choices.next().value ?? 0) % open.length];
    expect(await replayed(scenario, choose, walk.length)).not.toEqual([]);
  });
  // A shorter walk is another one, so there is nothing to shrink.
  await fc.assert(follows, { seed: 1, numRuns: 12, endOnFailure: true });
});

it('the real code keeps to the order where a reader began to wait too late for what was published', async () => {
  const way = ['A: write', 'A: put', 'reader: connect to A', 'A: write', 'A: put', 'reader: wait'];
  way.push('A: write', 'A: put', 'reader: poll', 'reader: poll answers', 'reader: emit');
  const names = way.values();
  const choose = (open: Step<State>[]) => {
    const name = names.next().value;
    return open.find((step) => step.name === name);
  };
  expect(await replayed(mostlyReading, choose, way.length)).toEqual(way);
});

/** Goes a way through the model, and compares after each step; returns the names of the steps. */
async function replayed(
  scenario: Scenario,
  choose: (open: Step<State>[]) => Step<State> | undefined,
  length: number,
): Promise<string[]> {
  const { initial, steps } = protocol(scenario);
  const replay = await Replay.start(clients, scenario.writers);
  const names: string[] = [];
  let state = initial;
  let before = initial;
  while (names.length < length) {
    const step = choose(possible(steps(state), state, before));
    if (!step) break;
    names.push(step.name);
    await replay.step(step.name, state, step.next);
    [before, state] = [state, step.next];
    const standing = await replay.standing();
    expect(pictureOf(replay, state, standing), names.join('\n')).toEqual(expected(replay, state, standing));
  }
  expect(await replay.stored()).toBe(state.stored);
  return names;
}

/** A real reader that connects, and has nothing to show, waits at once. */
function possible(steps: Step<State>[], { reader }: State, { reader: before }: State): Step<State>[] {
  const hasConnected = before.at === '' && reader.at !== '';
  const mustWait = hasConnected && reader.shown.length === before.shown.length;
  return mustWait ? steps.filter(({ name }) => name === 'reader: wait') : steps;
}

/** What can be seen of the real code; of who is dead, or tries on what it has lost, nothing. */
function pictureOf(replay: Replay, state: State, { log }: Standing) {
  return {
    log,
    shown: replay.shown,
    writers: living(state).map(({ id, status }) => ({
      isLost: replay.executions.get(id)!.writer.lost.aborted,
      believes: replay.executions.get(id)!.believes,
      call: status === 'open' ? replay.callOf(id) : undefined,
    })),
    sealers: state.sealers.map(({ kind, append }) => append && replay.callOf(kind)),
    stop: replay.sealers.get('stop') ?? '',
  };
}

/** The same, as the model has it. */
function expected(replay: Replay, state: State, { events }: Standing): ReturnType<typeof pictureOf> {
  return {
    // Settlers are told apart by random ids.
    log: state.log.map((batch) => batch.replaceAll("'", '')),
    shown: events.slice(0, state.reader.shown.length),
    writers: living(state).map(({ id, status, append, believes }) => ({
      isLost: status === 'lost' || status === 'gave up',
      // Who lost hears of the end once it asks to end the run itself.
      believes: replay.executions.get(id)!.believes && believes,
      call: callOf(append),
    })),
    sealers: state.sealers.map(({ append }) => append && callOf(append)),
    stop: state.sealers.find(({ kind }) => kind === 'stop')?.believes ?? '',
  };
}

function living({ writers }: State) {
  return writers.filter(({ status }) => status !== 'dead');
}

function callOf(append: Append | null): string | undefined {
  return append ? `${append.at} ${append.put.n}` : undefined;
}
