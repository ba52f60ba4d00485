import { routePattern, routes, type RouteName } from '@parley/contract/routes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { all, createClient } from './testing/client.ts';
import { startWorld, type Instance, type World } from './testing/world.ts';

const question = { parentId: null, text: 'What will the weather be in Lisbon tomorrow?' };

interface Ids {
  sessionId: string;
  runId: string;
}

/** How a stranger would try each route. A route that is not in this table fails the first test. */
const attempts: Partial<Record<RouteName, (ids: Ids) => { method: string; path: string; key?: string }>> = {
  startRun: ({ sessionId }) => ({
    method: 'POST',
    path: `/inference/sessions/${sessionId}/runs`,
    key: 'first',
  }),
  sessionEvents: ({ sessionId }) => ({ method: 'GET', path: `/inference/sessions/${sessionId}/events` }),
  runEvents: ({ runId }) => ({ method: 'GET', path: `/inference/runs/${runId}/events` }),
  stopRun: ({ runId }) => ({ method: 'POST', path: `/inference/runs/${runId}/stop` }),
};
const open: readonly RouteName[] = ['inferenceHealth'];

let world: World;
let instance: Instance;
let ids: Ids;
beforeAll(async () => {
  world = await startWorld();
  instance = await world.startInstance();
  const alice = await createClient(instance.url, world.issuer, 'alice');
  const session = await world.createSession({ owner: 'alice' });
  const [first] = await all(await alice.start(session.id, question, { key: 'first' }));
  ids = { sessionId: session.id, runId: first!.id.split(':')[0]! };
});
afterAll(() => world.close());

test('every route of the service is in the table of this test, and none of the contract is missing', () => {
  const served = instance.service.app.routes.filter(({ method }) => method !== 'ALL').map(({ path }) => path);
  const tried = [...Object.keys(attempts), ...open] as RouteName[];
  expect(served.toSorted()).toEqual(tried.map(routePattern).toSorted());
  const promised = (Object.keys(routes) as RouteName[]).filter((name) =>
    routes[name].startsWith('/inference/'),
  );
  expect(tried.toSorted()).toEqual(promised.toSorted());
});

test.for(Object.entries(attempts))('%s answers a stranger as if there were nothing', async ([, attempt]) => {
  const mallory = await createClient(instance.url, world.issuer, 'mallory', ['admin']);
  const answers = [ids, { sessionId: 'no-such-session', runId: 'no-such-run' }].map(async (each) => {
    const { method, path, key } = attempt(each);
    const headers = key ? { 'idempotency-key': key } : {};
    const response = await mallory.request(method, path, {
      headers: headers as Record<string, string>,
      ...(key && { body: question }),
    });
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    const withoutIds = error.message.replace(each.sessionId, '…').replace(each.runId, '…');
    return { status: response.status, code: error.code, message: withoutIds };
  });
  const [foreign, absent] = await Promise.all(answers);
  expect(foreign).toMatchObject({ status: 404, code: 'not-found' });
  expect(foreign).toEqual(absent);
});

test.for(Object.entries(attempts))('%s asks for a sign-in', async ([, attempt]) => {
  const { method, path } = attempt(ids);
  expect((await fetch(`${instance.url}${path}`, { method })).status).toBe(401);
  const scoped = await world.issuer.headers({ scope: 'parley-other/chat' });
  expect((await fetch(`${instance.url}${path}`, { method, headers: scoped })).status).toBe(401);
});

test('a stranger changed nothing', async () => {
  const session = await world.conversations.ownedSession('alice', ids.sessionId);
  const messages = await world.conversations.listMessages(session);
  expect(messages.map(({ status }) => status)).toEqual(['finished', 'finished']);
});

test('a deleted session takes its runs out of reach, for its owner too', async () => {
  const session = await world.createSession({ owner: 'alice' });
  const alice = await createClient(instance.url, world.issuer, 'alice');
  const [first] = await all(await alice.start(session.id, question));
  await world.conversations.deleteSession('alice', session.id);
  expect((await alice.resume(first!.id.split(':')[0]!)).status).toBe(404);
  expect((await alice.start(session.id, question)).status).toBe(404);
});

test('health needs no sign-in', async () => {
  const response = await fetch(`${instance.url}${routes.inferenceHealth}`);
  expect(await response.json()).toMatchObject({ status: 'ok', service: 'inference-api' });
});

test('a stream is not opened for HEAD', async () => {
  const alice = await createClient(instance.url, world.issuer, 'alice');
  expect((await alice.request('HEAD', `/inference/runs/${ids.runId}/events`)).status).toBe(405);
});
