import { randomUUID } from 'node:crypto';
import { messageText } from '@parley/contract/message';
import { systemClock, type Clock } from '@parley/store/clock';
import { createConversationStore, type StartRun } from '@parley/store/conversations';
import type { StreamEvent } from '@parley/contract/stream';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startChild } from '../testing/child.ts';
import {
  all,
  createClient,
  runEvents,
  runIdOf,
  textOf,
  until,
  usageTold,
  type Received,
} from '../testing/client.ts';
import { startElsewhere } from '../testing/elsewhere.ts';
import { createGate } from '../testing/gate.ts';
import { defaultForecast, startWorld, type World } from '../testing/world.ts';

const question = { parentId: null, text: 'What will the weather be in Lisbon tomorrow?' };
/** Two seconds of words at the demo model's own pace. */
const longSummary = Array.from({ length: 130 }, (_, i) => `word${i}`).join(' ');

let world: World;
let keys: { url: string; close(): Promise<void> };
beforeAll(async () => {
  world = await startWorld();
  keys = await world.issuer.serveKeys();
});
afterEach(() => {
  world.forecast.handler = defaultForecast;
});
afterAll(async () => {
  await keys.close();
  await world.close();
});

/** Another process's clock, so far ahead that every lease has expired. */
const lateClock: Clock = { ...systemClock, now: () => Date.now() + 60_000 };
/** A clock on which nobody waits long, to see what is done every few seconds. */
const hastyClock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) };

/** An instance for which every lease that is not renewed has expired. */
function startLateInstance() {
  const { client, conversationsTable: tableName } = world.tables;
  const conversations = createConversationStore({ client, tableName, clock: lateClock });
  return world.startInstance({ conversations, clock: lateClock });
}

test('any instance serves a run of another, while it is open and from any event on', async () => {
  const [a, b] = await Promise.all([world.startInstance(), world.startInstance()]);
  const gate = createGate();
  world.forecast.handler = async (input, context) => {
    await gate.pass();
    return defaultForecast(input, context);
  };
  const session = await world.createSession();
  const [alice, elsewhere] = await Promise.all([a, b].map(({ url }) => createClient(url, world.issuer)));
  const first = await until(await alice!.start(session.id, question), (_, count) => count === 1);
  const rest = all(await elsewhere!.resume(runIdOf(first), first[0]!.id));
  gate.open();
  const received = [...first, ...(await rest)];
  expect(received).toEqual(await all(await alice!.resume(runIdOf(first))));
  expect(textOf(received)).toBe(messageText((await world.messagesOf(session.id))[1]!));
});

test('two instances that are asked to start one run at the same time run it once and stream the same', async () => {
  const instances = await Promise.all([world.startInstance(), world.startInstance()]);
  const clients = await Promise.all(instances.map(({ url }) => createClient(url, world.issuer)));
  let calls = 0;
  world.forecast.handler = (input, context) => {
    calls += 1;
    return defaultForecast(input, context);
  };
  for (let round = 0; round < 5; round += 1) {
    const session = await world.createSession();
    const key = randomUUID();
    const streams = await Promise.all(clients.map((client) => client.start(session.id, question, { key })));
    const [first, second] = await Promise.all(streams.map(all));
    expect(second).toEqual(first);
    expect(calls).toBe(round + 1);
    expect(await world.messagesOf(session.id)).toHaveLength(2);
  }
});

test('stop from another instance ends the run where it executes, at its next write', async () => {
  const [a, b] = await Promise.all([world.startInstance({ modelOptions: {} }), world.startInstance()]);
  world.forecast.handler = () => ({ summary: longSummary });
  const session = await world.createSession();
  const [alice, elsewhere] = await Promise.all([a, b].map(({ url }) => createClient(url, world.issuer)));
  const seen: Received[] = [];
  let status: unknown;
  for await (const each of runEvents(await alice!.start(session.id, question))) {
    seen.push(each);
    if (each.event.type === 'text-delta' && !status) {
      status = ((await (await elsewhere!.stop(runIdOf(seen))).json()) as { status: string }).status;
    }
  }
  expect(status).toBe('stopped');
  expect(seen.at(-1)!.event).toEqual({ type: 'abort', reason: 'stopped' });
  const answer = (await world.messagesOf(session.id))[1]!;
  expect(answer.status).toBe('stopped');
  expect(messageText(answer)).toBe(textOf(seen));
  expect(answer.usage).toEqual(usageTold(seen));
  await a.service.stop();
  expect(a.lines.find(({ message }) => message === 'run ended')).toMatchObject({ seal: 'stopped' });
  expect(a.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('stop from another instance ends a run whose tool is silent when its lease is renewed', async () => {
  const [a, b] = await Promise.all([world.startInstance({ clock: hastyClock }), world.startInstance()]);
  const gate = createGate();
  world.forecast.handler = async () => gate.pass();
  const session = await world.createSession();
  const [alice, elsewhere] = await Promise.all([a, b].map(({ url }) => createClient(url, world.issuer)));
  const stream = all(await alice!.start(session.id, question));
  await gate.reached;
  const runId = (await world.messagesOf(session.id))[1]!.runId!;
  await elsewhere!.stop(runId);
  expect((await stream).at(-1)!.event).toEqual({ type: 'abort', reason: 'stopped' });
  // Stopping the instance waits for its open runs: it has none, though the tool still hangs.
  await a.service.stop();
  expect(a.lines.find(({ message }) => message === 'run ended')).toMatchObject({ seal: 'stopped' });
  gate.open();
});

test('after kill -9 in mid-answer nothing seen is missing, the answer is interrupted, and it can be continued', async () => {
  const child = await startChild(world, keys.url);
  world.forecast.handler = () => ({ summary: longSummary });
  const session = await world.createSession();
  const client = await createClient(child.url, world.issuer);
  const seen: Received[] = [];
  await expect(async () => {
    for await (const each of runEvents(await client.start(session.id, question))) {
      seen.push(each);
      if (textOf(seen).includes('word20')) child.process.kill('SIGKILL');
    }
  }).rejects.toThrow('terminated');
  expect(await child.exited).toBe('SIGKILL');

  const other = await startLateInstance();
  const elsewhere = await createClient(other.url, world.issuer);
  const resumed = await all(await elsewhere.resume(runIdOf(seen), seen.at(-1)!.id));
  const received = [...seen, ...resumed];
  expect(received.map(({ n }) => n)).toEqual(received.map((_, i) => i));
  expect(received.at(-1)!.event).toEqual({ type: 'abort', reason: 'interrupted' });
  const cut = (await world.messagesOf(session.id))[1]!;
  expect(cut.status).toBe('interrupted');
  expect(messageText(cut)).toBe(textOf(received));
  expect(cut.usage).toEqual({ inputTokens: expect.any(Number), outputTokens: expect.any(Number) });
  expect(cut.usage).toEqual(usageTold(received));

  const rest = textOf(await all(await elsewhere.start(session.id, { parentId: cut.id })));
  const whole = textOf(await all(await elsewhere.start(session.id, question)));
  expect(messageText(cut) + rest).toBe(whole);
});

test('a process that was paused past its lease gives up its run when it wakes, and had shown nothing else', async () => {
  const child = await startChild(world, keys.url);
  world.forecast.handler = () => ({ summary: longSummary });
  const session = await world.createSession();
  const client = await createClient(child.url, world.issuer);
  const stream = runEvents(await client.start(session.id, question));
  const seen: Received[] = [];
  while (!textOf(seen).includes('word20')) seen.push((await stream.next()).value as Received);
  child.process.kill('SIGSTOP');
  const elsewhere = await createClient((await startLateInstance()).url, world.issuer);
  const resumed = await all(await elsewhere.resume(runIdOf(seen)));
  expect(resumed.at(-1)!.event).toEqual({ type: 'abort', reason: 'interrupted' });

  child.process.kill('SIGCONT');
  for await (const each of stream) seen.push(each);
  expect(seen).toEqual(resumed);
  expect(messageText((await world.messagesOf(session.id))[1]!)).toBe(textOf(seen));
  child.process.kill('SIGTERM');
  expect(await child.exited).toBe(0);
});

test('a client that reads nothing while megabytes are answered gets all of them in order when it reads', async () => {
  const { url } = await world.startInstance();
  const client = await createClient(url, world.issuer);
  const run = await startElsewhere(world);
  const response = await client.resume(run.runId); // and nobody reads it yet
  const delta = 'x'.repeat(60_000);
  for (let n = 0; n < 200; n += 1) {
    const event: StreamEvent = { type: 'text-delta', id: 't', delta: `${n} ${delta}` };
    await world.runLog.append(run.runId, { n, first: n, events: [event], writer: 'elsewhere' });
  }
  const last: StreamEvent[] = [{ type: 'finish' }];
  await world.runLog.seal(run.runId, { seal: 'finished', events: last, writer: 'elsewhere' });
  const received = await all(response);
  expect(received.map(({ n }) => n)).toEqual(Array.from({ length: 201 }, (_, n) => n));
  expect(textOf(received)).toHaveLength(200 * 60_001 + 10 + 2 * 90 + 3 * 100);
});

test('a run in which nothing is said for long keeps its stream alive', async () => {
  const { url } = await world.startInstance({ times: { heartbeatMs: 10 } });
  const client = await createClient(url, world.issuer);
  const gate = createGate();
  world.forecast.handler = async () => gate.pass();
  const session = await world.createSession();
  const response = await client.start(session.id, question);
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.split(': heartbeat\n\n').length > 5) gate.open();
  }
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
});

test('on SIGTERM a process refuses new runs, lets open ones end, and exits with 0', async () => {
  const child = await startChild(world, keys.url);
  const gate = createGate();
  world.forecast.handler = async (input, context) => {
    await gate.pass();
    return defaultForecast(input, context);
  };
  const session = await world.createSession();
  const client = await createClient(child.url, world.issuer);
  const open = all(await client.start(session.id, question));
  await gate.reached;
  child.process.kill('SIGTERM');
  gate.open();
  expect((await open).at(-1)!.event.type).toBe('finish');
  expect(await child.exited).toBe(0);
  expect((await world.messagesOf(session.id))[1]!.status).toBe('finished');
});

test('a start that is under way at SIGTERM is finished too, also when its client has gone', async () => {
  const gate = createGate();
  const { startRun } = world.conversations;
  const conversations = {
    ...world.conversations,
    startRun: async (start: StartRun) => {
      const started = await startRun(start);
      await gate.pass();
      return started;
    },
  };
  const instance = await world.startInstance({ conversations });
  const session = await world.createSession();
  const client = await createClient(instance.url, world.issuer);
  const leaving = new AbortController();
  const asked = client.start(session.id, question, { signal: leaving.signal }).catch(() => undefined);
  await gate.reached;
  leaving.abort();
  await asked;
  const stopped = instance.service.stop();
  gate.open();
  await stopped;
  expect((await world.messagesOf(session.id))[1]!.status).toBe('finished');
});

test('a run that does not end within the stop timeout is sealed as interrupted, and can be continued', async () => {
  const instance = await world.startInstance({ stopSeconds: 4.2 });
  const gate = createGate();
  world.forecast.handler = async (input, context) => {
    await gate.pass();
    return defaultForecast(input, context);
  };
  const session = await world.createSession();
  const client = await createClient(instance.url, world.issuer);
  const open = all(await client.start(session.id, question));
  await gate.reached;
  const stopped = instance.service.stop();
  expect((await open).at(-1)!.event).toEqual({ type: 'abort', reason: 'interrupted' });
  await stopped;
  const cut = (await world.messagesOf(session.id))[1]!;
  expect(cut.status).toBe('interrupted');

  gate.open();
  const other = await world.startInstance();
  const elsewhere = await createClient(other.url, world.issuer);
  const rest = await all(await elsewhere.start(session.id, { parentId: cut.id }));
  expect(textOf(rest)).toContain('Lisbon');
});

test('a service that is stopping answers new starts with 503, so that another task takes them', async () => {
  const instance = await world.startInstance();
  const gate = createGate();
  world.forecast.handler = async (input, context) => {
    await gate.pass();
    return defaultForecast(input, context);
  };
  const session = await world.createSession();
  const client = await createClient(instance.url, world.issuer);
  const open = all(await client.start(session.id, question));
  await gate.reached;
  const stopped = instance.service.stop();
  const headers = { ...(await world.issuer.headers()), 'idempotency-key': 'k' };
  const init = { method: 'POST', headers, body: JSON.stringify(question) };
  const refused = await instance.service.app.request(`/inference/sessions/${session.id}/runs`, init);
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ error: { code: 'shutting-down' } });
  gate.open();
  await open;
  await stopped;
  expect(await world.messagesOf(session.id)).toHaveLength(2);
});
