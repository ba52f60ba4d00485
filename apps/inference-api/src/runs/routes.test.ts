import { afterAll, beforeAll, expect, test } from 'vitest';
import { all, createClient, runIdOf, type Client } from '../testing/client.ts';
import { startWorld, type World } from '../testing/world.ts';

const question = { parentId: null, text: 'What will the weather be in Lisbon tomorrow?' };

let world: World;
let alice: Client;
beforeAll(async () => {
  world = await startWorld();
  const { url } = await world.startInstance();
  alice = await createClient(url, world.issuer, 'alice');
});
afterAll(() => world.close());

test('a deleted session takes its runs out of reach, for its owner too', async () => {
  const session = await world.createSession({ owner: 'alice' });
  const runId = runIdOf(await all(await alice.start(session.id, question)));
  await world.conversations.deleteSession('alice', session.id);
  expect((await alice.resume(runId)).status).toBe(404);
  expect((await alice.stop(runId)).status).toBe(404);
  expect((await alice.start(session.id, question)).status).toBe(404);
});

test('a stream is not opened for HEAD', async () => {
  const session = await world.createSession({ owner: 'alice' });
  const runId = runIdOf(await all(await alice.start(session.id, question)));
  expect((await alice.request('HEAD', `/inference/runs/${runId}/events`)).status).toBe(405);
});
