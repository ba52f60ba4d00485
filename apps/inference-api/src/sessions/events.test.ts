import { routePath } from '@parley/contract/routes';
import type { SessionEvent } from '@parley/contract/session';
import type { ConversationStore } from '@parley/store/conversations';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { all, createClient, sessionEvents } from '../testing/client.ts';
import { createGate } from '../testing/gate.ts';
import { defaultForecast, startWorld, type World } from '../testing/world.ts';

const question = { parentId: null, text: 'What will the weather be in Lisbon tomorrow?' };

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => {
  world.forecast.handler = defaultForecast;
});
afterAll(() => world.close());

/** Reads a session's events until one of this type came. */
async function eventsUntil(response: Response, type: SessionEvent['type'], seen: SessionEvent[] = []) {
  for await (const event of sessionEvents(response)) {
    seen.push(event);
    if (event.type === type) break;
  }
  return seen;
}

async function startWatched(options: Parameters<World['startInstance']>[0] = {}) {
  const instance = await world.startInstance({
    sessionPolls: { openPollMs: 10, idlePollMs: 20 },
    ...options,
  });
  const client = await createClient(instance.url, world.issuer);
  const watch = (sessionId: string) => client.request('GET', routePath('sessionEvents', { sessionId }));
  return { instance, client, watch };
}

test('another device learns of messages, and of the run from its start to its end', async () => {
  const { client } = await startWatched();
  const other = await startWatched();
  const session = await world.createSession();
  const watching = await other.watch(session.id);
  const events = eventsUntil(watching, 'run-ended');
  await all(await client.start(session.id, question));

  const [user, answer] = await world.conversations.listMessages(session);
  const told = await events;
  expect(told[0]).toEqual({ type: 'session', session });
  expect(told).toContainEqual({ type: 'message-added', messageId: user!.id, parentId: null, role: 'user' });
  expect(told).toContainEqual({
    type: 'message-added',
    messageId: answer!.id,
    parentId: user!.id,
    role: 'assistant',
  });
  expect(told).toContainEqual({ type: 'run-started', runId: answer!.runId, messageId: answer!.id });
  expect(told.at(-1)).toEqual({
    type: 'run-ended',
    runId: answer!.runId,
    messageId: answer!.id,
    status: 'finished',
  });
});

test('who comes later is told of the run that is open, and can follow it', async () => {
  const { client, watch } = await startWatched();
  const gate = createGate();
  world.forecast.handler = async () => gate.pass();
  const session = await world.createSession();
  const whole = all(await client.start(session.id, question));
  await gate.reached;
  const told = await eventsUntil(await watch(session.id), 'run-started');
  expect(told.map(({ type }) => type)).toEqual(['session', 'run-started']);
  const { runId } = told[1] as Extract<SessionEvent, { type: 'run-started' }>;
  const followed = all(await client.resume(runId));
  gate.open();
  expect(await followed).toEqual(await whole);
});

test('a renamed session is told with its title, a deleted one ends the stream', async () => {
  const { watch } = await startWatched();
  const session = await world.createSession();
  const response = await watch(session.id);
  const titles: string[] = [];
  let last: SessionEvent | undefined;
  for await (const event of sessionEvents(response)) {
    last = event;
    if (event.type !== 'session') continue;
    titles.push(event.session.title);
    if (titles.length === 1)
      await world.conversations.changeSession('alice', session.id, { title: 'Lisbon' });
    else await world.conversations.deleteSession('alice', session.id);
  }
  expect(titles).toEqual(['', 'Lisbon']);
  expect(last).toEqual({ type: 'session-deleted' });
});

test('feedback on an answer is told when it is given and when it is withdrawn', async () => {
  const { client, watch } = await startWatched();
  const { id } = await world.createSession();
  await all(await client.start(id, question));
  const session = await world.conversations.ownedSession('alice', id);
  const messageId = (await world.conversations.listMessages(session)).at(-1)!.id;
  const at = { owner: 'alice', session, messageId };
  const changes: SessionEvent[] = [];
  let isGiven = false;
  for await (const event of sessionEvents(await watch(id))) {
    if (!isGiven) await world.conversations.giveFeedback(at, { rating: 'down', comment: 'It rained.' });
    isGiven = true;
    if (event.type !== 'feedback-changed') continue;
    if (changes.push(event) === 2) break;
    await world.conversations.withdrawFeedback(at);
  }
  expect(changes).toEqual([
    { type: 'feedback-changed', messageId, revision: 1 },
    { type: 'feedback-changed', messageId, revision: 2 },
  ]);
});

test('a session in which nothing happens is not read again and again, only its revision is', async () => {
  let looks = 0;
  let polls = 0;
  const enough = Promise.withResolvers<void>();
  const counting: ConversationStore = {
    ...world.conversations,
    ownedSession: (...at) => {
      if ((polls += 1) === 6) enough.resolve();
      return world.conversations.ownedSession(...at);
    },
    listMessages: (session) => {
      looks += 1;
      return world.conversations.listMessages(session);
    },
  };
  const { watch } = await startWatched({
    conversations: counting,
    sessionPolls: { openPollMs: 1, idlePollMs: 1 },
  });
  const stream = await watch((await world.createSession()).id);
  await enough.promise;
  expect(looks).toBe(1);
  await stream.body!.cancel();
});

test('many readers of one session cost one poll, which ends with the last of them', async () => {
  let looks = 0;
  const counting: ConversationStore = {
    ...world.conversations,
    listMessages: (session) => {
      looks += 1;
      return world.conversations.listMessages(session);
    },
  };
  const polls = { openPollMs: 60_000, idlePollMs: 60_000 };
  const { watch } = await startWatched({ conversations: counting, sessionPolls: polls });
  const session = await world.createSession();
  const streams = await Promise.all([1, 2, 3].map(() => watch(session.id)));
  for (const stream of streams) await eventsUntil(stream, 'session');
  expect(looks).toBe(1);
});
