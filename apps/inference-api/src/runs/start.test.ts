import { randomUUID } from 'node:crypto';
import { agentDefinition } from '@parley/contract/agent';
import { chatAppDefinition } from '@parley/contract/chat-app';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { all, createClient, errorOf, runIdOf, textOf, until, type Client } from '../testing/client.ts';
import { startWorld, type Instance, type World } from '../testing/world.ts';

const question = { parentId: null, text: 'What will the weather be in Lisbon tomorrow?' };

let world: World;
let instance: Instance;
let client: Client;
beforeAll(async () => {
  world = await startWorld();
  instance = await world.startInstance();
  client = await createClient(instance.url, world.issuer);
});
afterAll(() => world.close());

test('who answers is read at every start: switched off, for others, retired, changed model, all count at once', async () => {
  const session = await world.createSession();
  const blocked = async () => errorOf(await client.start(session.id, question));
  const say = (override: Parameters<typeof world.catalog.setOverride>[2]) =>
    world.catalog.setOverride('app', 'weather', override);

  await say({ enabled: false });
  expect(await blocked()).toMatchObject({
    status: 403,
    code: 'not-allowed',
    message: expect.stringContaining('off'),
  });
  await say({ access: { groups: ['staff'] } });
  expect(await blocked()).toMatchObject({ status: 403, message: expect.stringContaining('groups') });
  const staff = await createClient(instance.url, world.issuer, 'alice', ['staff']);
  await all(await staff.start(session.id, question));
  await say({ model: { provider: 'openai-compatible', baseUrl: 'http://127.0.0.1:9', model: 'chosen' } });
  const start = await until(await client.start(session.id, question), (_, count) => count === 1);
  expect(start[0]!.event).toMatchObject({ messageMetadata: { model: 'chosen' } });
  await client.stop(runIdOf(start));
  await say(undefined);
  await all(await client.start(session.id, question));
});

test('an agent that is switched off is not asked by another one either', async () => {
  const by = { owner: 'stack', stackId: 'stack/3', issuedAt: new Date().toISOString(), toolCode: {} };
  const agents = [
    { id: 'tides', description: 'Knows the tides', instructions: 'Tell the tides.' },
    { id: 'harbour', instructions: 'Help sailors.', agents: ['tides'] },
  ].map((agent) => agentDefinition.parse(agent));
  for (const definition of agents) {
    const { id } = definition;
    await world.catalog.register({
      ...by,
      kind: 'agent',
      id,
      logicalResourceId: id,
      requestId: id,
      definition,
    });
  }
  const app = chatAppDefinition.parse({ id: 'harbour', title: 'Harbour', agent: 'harbour' });
  const registration = { ...by, logicalResourceId: 'App', requestId: 'app', definition: app };
  await world.catalog.register({ ...registration, kind: 'app', id: 'harbour' });
  const session = await world.createSession({ app: 'harbour' });
  const canDo = async () =>
    textOf(await all(await client.start(session.id, { parentId: null, text: 'What can you do?' })));

  expect(await canDo()).toContain('tides');
  await world.catalog.setOverride('agent', 'tides', { enabled: false });
  expect(await canDo()).not.toContain('tides');
});

test('a retired app takes no messages, but the runs it had are still read', async () => {
  const writer = {
    owner: 'stack',
    stackId: 'stack/2',
    logicalResourceId: 'App',
    issuedAt: new Date().toISOString(),
  };
  const definition = chatAppDefinition.parse({ id: 'gone', title: 'Gone', agent: 'weather' });
  const registration = {
    ...writer,
    kind: 'app',
    id: 'gone',
    definition,
    toolCode: {},
    requestId: 'a',
  } as const;
  await world.catalog.register(registration);
  const session = await world.createSession({ app: 'gone' });
  const key = randomUUID();
  const received = await all(await client.start(session.id, question, { key }));
  const issuedAt = new Date(Date.now() + 1_000).toISOString();
  await world.catalog.retire('app', 'gone', { ...writer, issuedAt, requestId: 'b' });

  expect(await errorOf(await client.start(session.id, question))).toMatchObject({
    status: 403,
    code: 'not-allowed',
  });
  expect(await all(await client.resume(runIdOf(received)))).toEqual(received);
  expect(await all(await client.start(session.id, question, { key }))).toEqual(received);
});

test('a session without a title gets one from its first message; a given title stays', async () => {
  const session = await world.createSession();
  const text = `Will it   rain in Lisbon\n${'or not '.repeat(30)}?`;
  await all(await client.start(session.id, { parentId: null, text }));
  const { title, revision } = await world.conversations.ownedSession('alice', session.id);
  expect(title).toMatch(/^Will it rain in Lisbon or not .*…$/);
  expect(title.length).toBeLessThanOrEqual(80);
  expect(revision).toBeGreaterThan(session.revision);
  await all(await client.start(session.id, { parentId: null, text: 'Something else' }));
  expect((await world.conversations.ownedSession('alice', session.id)).title).toBe(title);
});

test('a title never ends in half a character, and a question with one is refused', async () => {
  const session = await world.createSession();
  const text = `${'x'.repeat(78)}😀 and then some`;
  await all(await client.start(session.id, { parentId: null, text }));
  const { title } = await world.conversations.ownedSession('alice', session.id);
  expect(title).toBe(`${'x'.repeat(78)}…`);
  const half = await client.start(session.id, { parentId: null, text: 'and then some \ud83d' });
  expect([half.status, await half.text()]).toEqual([
    400,
    expect.stringContaining('half of a surrogate pair'),
  ]);
});
