import type { SessionView } from '@parley/contract/session';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from '../testing/world.ts';

type Page = { sessions: SessionView[]; cursor?: string };

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.registerAgent('agent');
  await world.registerApp('weather');
});
afterAll(() => world.close());

test('a cursor of Alice’s pages through Mallory’s own sessions only', async () => {
  const alice = world.as('alice');
  for (let i = 0; i < 2; i += 1) await alice.post('/api/sessions', { app: 'weather' });
  const { cursor } = await alice.get<Page>('/api/sessions?limit=1');
  expect(cursor).toBeDefined();
  const mallorys = await world.as('mallory').get<Page>(`/api/sessions?cursor=${cursor}`);
  expect(mallorys).toEqual({ sessions: [] });
});

test('a list tells no counts: neither how many follow, nor anything of what others have', async () => {
  const bob = world.as('bob');
  await bob.post('/api/sessions', { app: 'weather' });
  const before = await bob.get<Page>('/api/sessions');
  const busy = world.as('bob#session');
  for (let i = 0; i < 20; i += 1) await busy.post('/api/sessions', { app: 'weather' });
  expect(await bob.get<Page>('/api/sessions')).toEqual(before);

  const page = await busy.get<Page>('/api/sessions?limit=2');
  expect(Object.keys(page).toSorted()).toEqual(['cursor', 'sessions']);
  const response = await busy.request('GET', '/api/sessions?limit=2');
  expect([...response.headers.keys()].filter((name) => /total|count|range|link/.test(name))).toEqual([]);
});
