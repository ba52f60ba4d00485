import { foldRun, type Message, type ToolPart } from '@parley/contract/message';
import type { StreamEvent } from '@parley/contract/stream';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { all, createClient, runIdOf, until, type Client, type Received } from '../testing/client.ts';
import { createGate } from '../testing/gate.ts';
import { defaultForecast, startWorld, type World } from '../testing/world.ts';

const question = { parentId: null, text: 'What will the weather be in Lisbon tomorrow?' };
const reading = { percent: 40, text: 'Reading 3 of 7 pages' };

let world: World;
let client: Client;
beforeAll(async () => {
  world = await startWorld();
  client = await createClient((await world.startInstance()).url, world.issuer);
});
afterEach(() => {
  world.forecast.handler = defaultForecast;
});
afterAll(() => world.close());

const isProgress = ({ event }: Received): boolean => event.type === 'data-tool-progress';
const callIn = (events: readonly StreamEvent[]): ToolPart =>
  foldRun(events).parts.find((part) => part.type === 'dynamic-tool') as ToolPart;
const eventsIn = (received: readonly Received[]): StreamEvent[] => received.map(({ event }) => event);

async function answerIn(sessionId: string): Promise<Message> {
  return (await world.messagesOf(sessionId))[1]!;
}

test('what a tool says of its progress is shown while it works, to every device and after a reload', async () => {
  const gate = createGate();
  world.forecast.handler = async (_, { progress }) => {
    await progress({ percent: 1, text: 'Reading 1 of 7 pages' });
    await progress(reading);
    await gate.pass();
    return { summary: 'sunny' };
  };
  const session = await world.createSession();
  const isNewest = ({ event }: Received): boolean =>
    event.type === 'data-tool-progress' && event.data.percent === reading.percent;
  const seen = await until(await client.start(session.id, question), isNewest);
  expect(callIn(eventsIn(seen))).toMatchObject({ state: 'input-available', progress: reading });

  const runId = runIdOf(seen);
  const [reloaded, resumed] = await Promise.all([
    until(await client.resume(runId), isNewest),
    until(await client.resume(runId, seen.at(-2)!.id), isNewest),
  ]);
  expect(reloaded).toEqual(seen);
  expect(resumed.map(({ n }) => n)).toEqual([seen.at(-1)!.n]);

  gate.open();
  const whole = await all(await client.resume(runId));
  expect(whole.slice(0, seen.length)).toEqual(seen);
  expect(callIn(eventsIn(whole))).not.toHaveProperty('progress');
  expect((await answerIn(session.id)).parts).toEqual(foldRun(eventsIn(whole)).parts);
});

test('a tool may say as much as it likes: a few words of it reach the log', async () => {
  world.forecast.handler = async (_, { progress }) => {
    for (let i = 0; i <= 20_000; i += 1) await progress({ percent: i / 200 });
    return { summary: 'sunny' };
  };
  const session = await world.createSession();
  const received = await all(await client.start(session.id, question));
  const last = received.findLastIndex(isProgress);
  const answered = received.findIndex(({ event }) => event.type === 'tool-output-available');
  expect(received.filter(isProgress).length).toBeLessThan(40);
  expect(last).toBeLessThan(answered);
});

test('a tool that fails after a progress has failed, and its progress is gone', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => log.mockRestore());
  world.forecast.handler = async (_, { progress }) => {
    await progress(reading);
    throw new Error('There is no page 4.');
  };
  const session = await world.createSession();
  const received = await all(await client.start(session.id, question));
  const call = callIn(eventsIn(received));
  expect(call).toMatchObject({ state: 'output-error', errorText: 'There is no page 4.' });
  expect(call).not.toHaveProperty('progress');
});

test('a call that is stopped keeps how far it was, and says no more', async () => {
  const gate = createGate();
  world.forecast.handler = async (_, { progress }) => {
    await progress(reading);
    await gate.pass();
    await progress({ percent: 90 });
  };
  const session = await world.createSession();
  const seen = await until(await client.start(session.id, question), isProgress);
  await client.stop(runIdOf(seen));
  gate.open();
  const whole = await all(await client.resume(runIdOf(seen)));
  expect(whole.filter(isProgress)).toHaveLength(1);
  const { status, parts } = await answerIn(session.id);
  expect(status).toBe('stopped');
  expect(parts.at(-1)).toMatchObject({ state: 'input-available', progress: reading });
});
