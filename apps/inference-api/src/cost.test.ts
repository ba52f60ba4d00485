import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { routePath } from '@parley/contract/routes';
import { createCatalogStore } from '@parley/store/catalog';
import { createStoreClient } from '@parley/store/client';
import { createConversationStore, startIds } from '@parley/store/conversations';
import { createRunLog } from '@parley/store/run-log';
import { manualClock, type ManualClock } from '@parley/store/testing/clocks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPacedModel, type PacedModel } from './testing/paced-model.ts';
import { all, createClient, runIdOf, type Client, type Received } from './testing/client.ts';
import { offBudget, type Costs } from './testing/cost-budget.ts';
import { startTableMeter, type TableMeter } from './testing/table-meter.ts';
import { startWorld, type World } from './testing/world.ts';

const question = { parentId: null, text: 'What will the weather be in Lisbon tomorrow?' };
const windowMs = 50;

let world: World;
let clock: ManualClock;
let model: PacedModel;
let here: { meter: TableMeter; client: Client };
let there: { meter: TableMeter; client: Client };

beforeAll(async () => {
  world = await startWorld();
  clock = manualClock();
  model = await startPacedModel();
  [here, there] = [await startMetered(), await startMetered()];
  await answer(10, 2); // a task reads the versions of app and agent once
});
afterAll(async () => {
  await world.close();
  await Promise.all([here.meter.close(), there.meter.close(), model.close()]);
});

/** A task of the service whose time is the test's, and whose calls of the tables are counted. */
async function startMetered(): Promise<{ meter: TableMeter; client: Client }> {
  const { tables } = world;
  const meter = await startTableMeter(tables.endpoint);
  const access = { accessKeyId: 'test', secretAccessKey: 'test' };
  const table = createStoreClient({ endpoint: meter.endpoint, region: 'us-east-1', credentials: access });
  const conversationsTable = { client: table, tableName: tables.conversationsTable, clock };
  const { url } = await world.startInstance({
    catalog: createCatalogStore({ client: table, tableName: tables.catalogTable }),
    conversations: createConversationStore(conversationsTable),
    runLog: createRunLog(conversationsTable),
    model: { provider: 'openai-compatible', baseUrl: model.baseUrl, model: 'paced' },
    sessionPolls: { idlePollMs: 5 },
    clock,
  });
  return { meter, client: await createClient(url, world.issuer) };
}

/** Waits until neither the model's words nor calls of the tables are on their way any more. */
async function quiet(): Promise<void> {
  for (let turns = 0; turns < 12; turns += 1) {
    if (here.meter.open + there.meter.open > 0) turns = 0;
    await nextTurn();
  }
}

async function passWindow(): Promise<void> {
  await quiet();
  await clock.advance(windowMs);
  await quiet();
}

/** The model says so many tokens, so many in each 50 ms. */
async function say(tokens: number, each: number): Promise<void> {
  for (let said = 0; said < tokens; said += each) {
    model.say(Array.from({ length: each }, (_, i) => `word${String(said + i).padStart(5, '0')} `));
    await passWindow();
  }
}

/** A whole answer to a first question, from the question to the last event at the client. */
async function answer(
  tokens: number,
  each: number,
  { withTool = false, onStart = (_runId: string): void => undefined } = {},
): Promise<Received[]> {
  const { id } = await world.createSession();
  const key = randomUUID();
  let asked = model.asked();
  const received = here.client.start(id, question, { key }).then(all);
  await asked;
  onStart(startIds(id, key).runId);
  await passWindow();
  if (withTool) {
    asked = model.asked();
    model.callTool('forecast', { place: 'Lisbon' });
    model.end('tool_calls');
    await asked;
    await passWindow();
  }
  await say(tokens, each);
  model.end('stop');
  const ended = received.then(() => true);
  while (!(await Promise.race([ended, passWindow()])));
  await quiet();
  return received;
}

async function costOf(work: () => Promise<unknown>, { meter } = here): Promise<Costs> {
  meter.take();
  await work();
  return meter.take();
}

test('a short answer costs what its budget says: 100 tokens in 2.5 s', async () => {
  expect(offBudget('short answer', await costOf(() => answer(100, 2)))).toEqual([]);
});

test('so does one with a call of a tool', async () => {
  expect(offBudget('answer with a tool', await costOf(() => answer(100, 2, { withTool: true })))).toEqual([]);
});

test('so does a long one: 10,000 tokens in 50 s', async () => {
  expect(offBudget('long answer', await costOf(() => answer(10_000, 10)))).toEqual([]);
});

test('so does a client that resumes an answer that has ended', async () => {
  const received = await answer(100, 2);
  const resume = async () =>
    all(await here.client.resume(runIdOf(received), received[received.length >> 1]!.id));
  expect(offBudget('resume', await costOf(resume))).toEqual([]);
});

test('so does a second device that follows an answer at another task', async () => {
  let following: Promise<Received[]> | undefined;
  const onStart = (runId: string): void => {
    following = there.client.resume(runId).then(all);
  };
  const cost = await costOf(async () => {
    const received = await answer(100, 2, { onStart });
    const caughtUp = following!.then(() => true);
    while (!(await Promise.race([caughtUp, passWindow()])));
    expect(await following).toEqual(received);
  }, there);
  expect(offBudget('second device', cost)).toEqual([]);
});

test('so does an hour of a tab whose session is idle: a look each 5 s', async () => {
  const { id } = await world.createSession();
  const looks = 50; // they come faster here, and cost the same
  const leave = new AbortController();
  const cost = await costOf(async () => {
    const path = routePath('sessionEvents', { sessionId: id });
    await there.client.request('GET', path, { signal: leave.signal });
    while (there.meter.calls < looks) await nextTurn();
    leave.abort();
    await quiet();
  }, there);
  const { calls, units, bytes } = cost['GetItem']!;
  const anHour = 720 / calls;
  const perHour = { calls: 720, units: units * anHour, bytes: bytes * anHour };
  expect(offBudget('idle tab, an hour', { ...cost, GetItem: perHour })).toEqual([]);
});
