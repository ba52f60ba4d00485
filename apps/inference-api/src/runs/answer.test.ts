import { randomUUID } from 'node:crypto';
import { messageText } from '@parley/contract/message';
import { eventId } from '@parley/contract/stream';
import type { StartRun } from '@parley/store/conversations';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import {
  all,
  createClient,
  errorOf,
  runIdOf,
  textOf,
  until,
  usageTold,
  type Client,
} from '../testing/client.ts';
import { createGate } from '../testing/gate.ts';
import { defaultForecast, startWorld, type Instance, type World } from '../testing/world.ts';

const question = { parentId: null, text: 'What will the weather be in Lisbon tomorrow?' };
/** Long enough to be streamed in several batches. */
const longSummary = Array.from({ length: 150 }, (_, i) => `word${i}`).join(' ');

let world: World;
let instance: Instance;
let client: Client;
beforeAll(async () => {
  world = await startWorld();
  instance = await world.startInstance();
  client = await createClient(instance.url, world.issuer);
});
afterEach(() => {
  world.forecast.handler = defaultForecast;
});
afterAll(() => world.close());

test('a run streams its answer with its tool call, and the stored message says the same', async () => {
  const session = await world.createSession();
  const response = await client.start(session.id, question);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'x-vercel-ai-ui-message-stream': 'v1',
    'x-content-type-options': 'nosniff',
  });
  const received = await all(response);

  expect(received.map(({ n }) => n)).toEqual(received.map((_, i) => i));
  const types = received.map(({ event }) => event.type);
  expect(types[0]).toBe('start');
  expect(types).toContain('tool-input-available');
  expect(types).toContain('tool-output-available');
  expect(types.at(-1)).toBe('finish');
  const [user, answer] = await world.messagesOf(session.id);
  expect(user).toMatchObject({
    role: 'user',
    parentId: null,
    parts: [{ type: 'text', text: question.text }],
  });
  expect(answer).toMatchObject({ role: 'assistant', parentId: user!.id, status: 'finished', model: 'demo' });
  expect(messageText(answer!)).toBe(textOf(received));
  expect(textOf(received)).toContain('Lisbon');
  const duration = received.find(({ event }) => event.type === 'data-tool-duration')!.event;
  expect(answer!.parts).toContainEqual(
    expect.objectContaining({
      type: 'dynamic-tool',
      ...(duration.type === 'data-tool-duration' && duration.data),
    }),
  );
});

test('a client that goes away after the third event stops nothing, and resumes to the same text', async () => {
  world.forecast.handler = () => ({ summary: longSummary });
  const session = await world.createSession();
  const first = await until(await client.start(session.id, question), (_, count) => count === 3);
  const rest = await all(await client.resume(runIdOf(first), first.at(-1)!.id));
  expect(rest[0]!.n).toBe(3);
  const answer = (await world.messagesOf(session.id))[1]!;
  expect(answer.status).toBe('finished');
  expect(textOf([...first, ...rest])).toBe(messageText(answer));
});

test('a run can be resumed after every event, by header and by query, while it is open and when it has ended', async () => {
  const gate = createGate();
  world.forecast.handler = async () => {
    await gate.pass();
    return { summary: longSummary };
  };
  const session = await world.createSession();
  const [seen] = await until(await client.start(session.id, question), (_, count) => count === 1);
  const runId = runIdOf([seen!]);
  const whole = all(await client.resume(runId));
  const joinedEarly = all(await client.resume(runId, seen!.id));
  gate.open();
  const received = await whole;
  expect(await joinedEarly).toEqual(received.slice(1));
  for (const { id, n } of received) {
    expect(await all(await client.resume(runId, id))).toEqual(received.slice(n + 1));
    const query = await client.request('GET', `/inference/runs/${runId}/events?after=${n}`);
    expect(await all(query)).toEqual(received.slice(n + 1));
  }
  expect(await all(await client.resume(runId))).toEqual(received);
});

test('a Last-Event-ID that is no id of the run, or past its end, is refused', async () => {
  const session = await world.createSession();
  const received = await all(await client.start(session.id, question));
  const runId = runIdOf(received);
  for (const id of ['nonsense', `${runId}:x`, eventId('other', 1), eventId(runId, received.length)]) {
    expect(await errorOf(await client.resume(runId, id))).toMatchObject({
      status: 400,
      code: 'bad-request',
      field: 'Last-Event-ID',
    });
  }
});

test('repeating a start with its key attaches to its run from the beginning; the tool runs once', async () => {
  let calls = 0;
  const gate = createGate();
  world.forecast.handler = async (input, context) => {
    calls += 1;
    await gate.pass();
    return defaultForecast(input, context);
  };
  const session = await world.createSession();
  const key = randomUUID();
  const first = all(await client.start(session.id, question, { key }));
  await gate.reached;
  const again = all(await client.start(session.id, question, { key }));
  gate.open();
  expect(await again).toEqual(await first);
  expect(await all(await client.start(session.id, question, { key }))).toEqual(await first);
  expect(calls).toBe(1);
  expect(await world.messagesOf(session.id)).toHaveLength(2);
});

test('a key that was used with another body is a conflict; a missing or unprintable key is refused', async () => {
  const session = await world.createSession();
  const key = randomUUID();
  await all(await client.start(session.id, question, { key }));
  const other = await client.start(session.id, { ...question, text: 'And in Porto?' }, { key });
  expect(await errorOf(other)).toMatchObject({ status: 409, code: 'conflict' });
  for (const headers of [
    undefined,
    { 'idempotency-key': 'two words' },
    { 'idempotency-key': 'x'.repeat(129) },
  ]) {
    const path = `/inference/sessions/${session.id}/runs`;
    const refused = await client.request('POST', path, { ...(headers && { headers }), body: question });
    expect(await errorOf(refused)).toMatchObject({ status: 400, field: 'Idempotency-Key' });
  }
  expect(await world.messagesOf(session.id)).toHaveLength(2);
});

test('a body that is not as the contract has it is refused, naming the field', async () => {
  const session = await world.createSession();
  for (const [body, field] of [
    [{ parentId: null, text: '  ' }, 'text'],
    [{ text: 'hello' }, 'parentId'],
    [{ parentId: null, text: 'hello', model: 'gpt' }, 'model'],
    [{ parentId: null }, 'text'],
    [{ parentId: 'elsewhere', text: 'hello' }, 'parentId'],
  ] as const) {
    const refused = await errorOf(await client.start(session.id, body as never));
    expect(refused).toMatchObject({ status: 400, code: 'bad-request' });
    expect(`${refused.field} ${refused.message}`).toContain(field);
  }
});

test('edit, regenerate and follow-up grow the tree where the parent says', async () => {
  const session = await world.createSession();
  await all(await client.start(session.id, question));
  const [user, answer] = await world.messagesOf(session.id);
  await all(await client.start(session.id, { parentId: answer!.id, text: 'And in Porto?' }));
  await all(await client.start(session.id, { parentId: user!.id }));
  await all(await client.start(session.id, { parentId: null, text: 'What is the weather in Oslo?' }));

  const tree = (await world.messagesOf(session.id)).map(({ role, parentId }) => ({ role, parentId }));
  expect(tree).toHaveLength(7);
  expect(tree.filter(({ parentId }) => parentId === user!.id)).toHaveLength(2);
  expect(tree.filter(({ parentId, role }) => parentId === answer!.id && role === 'user')).toHaveLength(1);
  expect(tree.filter(({ parentId }) => parentId === null)).toHaveLength(2);
});

test('what cannot be answered is refused: text below a question, nothing to continue, an open parent', async () => {
  const session = await world.createSession();
  await all(await client.start(session.id, question));
  const [user, answer] = await world.messagesOf(session.id);
  const below = await client.start(session.id, { parentId: user!.id, text: 'more' });
  expect(await errorOf(below)).toMatchObject({ status: 400, field: 'parentId' });
  const finished = await client.start(session.id, { parentId: answer!.id });
  expect(await errorOf(finished)).toMatchObject({ status: 400, field: 'parentId' });

  const gate = createGate();
  world.forecast.handler = async () => gate.pass();
  const open = all(await client.start(session.id, { parentId: user!.id }));
  await gate.reached;
  const placeholder = (await world.messagesOf(session.id)).find(({ status }) => status === 'streaming');
  const early = await client.start(session.id, { parentId: placeholder!.id, text: 'and?' });
  expect(await errorOf(early)).toMatchObject({ status: 409, code: 'conflict' });
  gate.open();
  await open;
});

test('stop keeps the partial answer, is repeatable, and the answer can be continued to its end', async () => {
  world.forecast.handler = () => ({ summary: longSummary });
  const session = await world.createSession();
  const whole = textOf(await all(await client.start(session.id, question)));

  const started = await client.start(session.id, question);
  const seen = await until(started, ({ event }) => event.type === 'text-delta');
  const runId = runIdOf(seen);
  const stopped = await client.stop(runId);
  expect(stopped.status).toBe(200);
  const body = (await stopped.json()) as { messageId: string };
  expect(body).toMatchObject({ runId, status: 'stopped' });
  expect(await (await client.stop(runId)).json()).toEqual(body);

  const log = await all(await client.resume(runId));
  expect(log.slice(0, seen.length)).toEqual(seen);
  expect(log.at(-1)!.event).toEqual({ type: 'abort', reason: 'stopped' });
  const cut = (await world.messagesOf(session.id)).find(({ id }) => id === body.messageId)!;
  expect(cut.status).toBe('stopped');
  expect(messageText(cut)).toBe(textOf(log));
  expect(cut.usage).toEqual({ inputTokens: expect.any(Number), outputTokens: expect.any(Number) });
  expect(cut.usage).toEqual(usageTold(log));
  expect(whole.startsWith(messageText(cut))).toBe(true);
  expect(messageText(cut)).not.toBe(whole);

  const rest = textOf(await all(await client.start(session.id, { parentId: cut.id })));
  expect(messageText(cut) + rest).toBe(whole);
});

test('stop says how a run that had ended did end', async () => {
  const session = await world.createSession();
  const received = await all(await client.start(session.id, question));
  expect(await (await client.stop(runIdOf(received))).json()).toMatchObject({ status: 'finished' });
});

test('a tool that throws gives the user and the model a plain message, and the run ends', async () => {
  world.forecast.handler = () => {
    throw new Error('the forecast office is closed');
  };
  const toolLog = vi.spyOn(console, 'error').mockReturnValue(); // the tool's own log
  const session = await world.createSession();
  const received = await all(await client.start(session.id, question));
  const error = received.find(({ event }) => event.type === 'tool-output-error')!.event;
  expect(error).toMatchObject({ errorText: expect.stringContaining('the forecast office is closed') });
  toolLog.mockRestore();
  expect(received.at(-1)!.event.type).toBe('finish');
  expect(textOf(received)).not.toBe('');
});

test('a tool that hangs is cut at its timeout, and the run ends', async () => {
  world.forecast.handler = () => new Promise(() => undefined);
  const lambda = world.edge.functions.get('forecast')!;
  lambda.timeoutSeconds = 0.05;
  const session = await world.createSession();
  const received = await all(await client.start(session.id, question)).finally(
    () => (lambda.timeoutSeconds = 30),
  );
  const error = received.find(({ event }) => event.type === 'tool-output-error')!.event;
  expect(error).toMatchObject({ errorText: expect.stringContaining('did not answer within') });
  expect(received.map(({ event }) => event.type)).toContain('data-tool-duration');
  expect(received.at(-1)!.event.type).toBe('finish');
});

test('a model that fails ends the run with a code and a sentence, in the stream and in the stored message', async () => {
  const baseUrl = world.edge.url; // answers a chat completion with 404
  await world.catalog.setOverride('app', 'weather', {
    model: { provider: 'openai-compatible', baseUrl, model: 'm' },
  });
  const session = await world.createSession();
  const received = await all(await client.start(session.id, question));
  await world.catalog.setOverride('app', 'weather', undefined);
  const [problem, error] = received.slice(-2).map(({ event }) => event);
  expect(problem).toMatchObject({ type: 'data-problem', data: { code: expect.stringMatching(/^model-/) } });
  expect(error).toMatchObject({ type: 'error', errorText: expect.stringMatching(/\w+ \w+/) });
  const answer = (await world.messagesOf(session.id))[1]!;
  expect(answer).toMatchObject({
    status: 'failed',
    error: problem!.type === 'data-problem' && problem!.data,
  });
  const again = await all(await client.start(session.id, { parentId: answer.parentId }));
  expect(again.at(-1)!.event.type).toBe('finish');
});

test('a session that is deleted while it is answered stops its run, and disturbs nothing else', async () => {
  const own = await world.startInstance();
  const alice = await createClient(own.url, world.issuer);
  const gate = createGate();
  world.forecast.handler = async () => gate.pass();
  const session = await world.createSession();
  const open = all(await alice.start(session.id, question));
  await gate.reached;
  await world.conversations.deleteSession('alice', session.id);
  expect((await open).at(-1)!.event).toEqual({ type: 'abort', reason: 'stopped' });
  gate.open();
  await own.service.stop();
  expect(own.lines).toContainEqual(expect.objectContaining({ message: 'run ended', seal: 'stopped' }));
  expect(own.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('a run that begins while its session is deleted is stopped, and its client told that nothing is there', async () => {
  const { startRun } = world.conversations;
  const conversations = {
    ...world.conversations,
    startRun: async (start: StartRun) => {
      await world.conversations.deleteSession('alice', start.session.id);
      return startRun(start);
    },
  };
  const own = await world.startInstance({ conversations });
  world.forecast.handler = () => new Promise(() => undefined);
  const session = await world.conversations.createSession({ owner: 'alice', app: 'weather', title: 'Rain' });
  const alice = await createClient(own.url, world.issuer);
  expect(await errorOf(await alice.start(session.id, question))).toMatchObject({ status: 404 });
  await own.service.stop();
  expect(own.lines).toContainEqual(expect.objectContaining({ message: 'run ended', seal: 'stopped' }));
  expect(own.lines.filter(({ level }) => level === 'error')).toEqual([]);
});
