import type { SessionView } from '@parley/contract/session';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type TestUser, type World } from './testing/world.ts';

/** What Mallory, a stranger, tries on one route with what is Alice's. */
interface Attempt {
  /** The path, given the id of Alice's session. */
  path: (sessionId: string) => string;
  body?: unknown;
  /** `refused`: answers exactly as for a session that never was. `own`: answers, with nothing of Alice's. `public`: needs no user. */
  outcome: 'refused' | 'own' | 'public';
}

/** Every route of the service must have an entry: a new one without is a failing test. */
const attempts: Record<string, Attempt> = {
  'GET /health': { path: () => '/health', outcome: 'public' },
  'GET /api/me': { path: () => '/api/me', outcome: 'own' },
  'GET /api/chat-apps': { path: () => '/api/chat-apps', outcome: 'own' },
  'GET /api/chat-apps/:app': { path: () => '/api/chat-apps/weather', outcome: 'own' },
  'POST /api/sessions': { path: () => '/api/sessions', body: { app: 'weather' }, outcome: 'own' },
  'GET /api/sessions': { path: () => '/api/sessions', outcome: 'own' },
  'GET /api/sessions/:sessionId': { path: (id) => `/api/sessions/${id}`, outcome: 'refused' },
  'PATCH /api/sessions/:sessionId': {
    path: (id) => `/api/sessions/${id}`,
    body: { title: 'Mine' },
    outcome: 'refused',
  },
  'DELETE /api/sessions/:sessionId': { path: (id) => `/api/sessions/${id}`, outcome: 'refused' },
  'GET /api/sessions/:sessionId/messages': {
    path: (id) => `/api/sessions/${id}/messages`,
    outcome: 'refused',
  },
  'PUT /api/sessions/:sessionId/messages/:messageId/feedback': {
    path: (id) => `/api/sessions/${id}/messages/${answer}/feedback`,
    body: { rating: 'down' },
    outcome: 'refused',
  },
  'DELETE /api/sessions/:sessionId/messages/:messageId/feedback': {
    path: (id) => `/api/sessions/${id}/messages/${answer}/feedback`,
    outcome: 'refused',
  },
};

const secret = 'my salary is 12345';
const unknownId = '0193b0000000-00000000000000000000000000000000';

let world: World;
let alice: TestUser;
let mallory: TestUser;
let session: SessionView;
let answer: string;

beforeAll(async () => {
  world = await startWorld();
  await world.registerAgent('agent');
  await world.registerApp('weather');
});
afterAll(() => world.close());
beforeEach(async () => {
  alice = world.as('alice');
  // the closest a stranger can come: a sub that contains Alice's, the same name and groups
  mallory = world.as('alice#session', { name: 'alice' });
  session = await alice.post<SessionView>('/api/sessions', { app: 'weather', title: secret });
  answer = await world.converse('alice', session.id, { text: secret, answer: secret });
  const feedback = `/api/sessions/${session.id}/messages/${answer}/feedback`;
  await alice.request('PUT', feedback, { rating: 'up', comment: secret });
});

const routesOf = ({ service }: World) => [
  ...new Set(
    service.app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`),
  ),
];

it('every route of the service is tried', () => {
  expect(routesOf(world).sort()).toEqual(Object.keys(attempts).sort());
});

const entries = Object.entries(attempts).map(([route, attempt]) => ({
  route,
  method: route.split(' ')[0]!,
  ...attempt,
}));
const ofOutcome = (...outcomes: Attempt['outcome'][]) =>
  entries.filter(({ outcome }) => outcomes.includes(outcome));

describe('a stranger', () => {
  it.each(ofOutcome('refused'))(
    'is answered by $route as if the session never was, and changes nothing',
    async ({ method, path, body }) => {
      const before = await stateOf(alice);
      const foreign = await mallory.request(method, path(session.id), body);
      const absent = await mallory.request(method, path(unknownId), body);
      expect(foreign.status).toBe(404);
      const [told, toldAbsent] = [await comparable(foreign, session.id), await comparable(absent, unknownId)];
      expect(told).toEqual(toldAbsent);
      expect(JSON.stringify(told)).not.toContain(secret);
      expect(await stateOf(alice)).toEqual(before);
    },
  );

  it.each(ofOutcome('own'))('is given nothing of Alice’s by $route', async ({ method, path, body }) => {
    const response = await mallory.request(method, path(session.id), body);
    expect(response.ok).toBe(true);
    const text = await response.text();
    expect(text).not.toContain(secret);
    expect(text).not.toContain(session.id);
  });
});

describe.each(ofOutcome('own', 'refused'))('$route', ({ method, path, body }) => {
  it('needs a token', async () => {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await world.service.app.request(path(session.id), init);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
    expect(await response.text()).not.toContain(secret);
  });

  it('takes no token of another stage', async () => {
    const other = world.as('alice', { scope: 'parley-prod/chat' });
    expect((await other.request(method, path(session.id), body)).status).toBe(401);
  });
});

it('a cursor of Alice’s pages through Mallory’s own sessions only', async () => {
  await alice.post('/api/sessions', { app: 'weather' });
  const { cursor } = await alice.get<{ cursor?: string }>('/api/sessions?limit=1');
  expect(cursor).toBeDefined();
  const { sessions } = await world
    .as('mallory')
    .get<{ sessions: SessionView[] }>(`/api/sessions?cursor=${cursor}`);
  expect(sessions).toEqual([]);
});

async function stateOf(user: TestUser): Promise<unknown[]> {
  return [
    await user.get(`/api/sessions/${session.id}`),
    await user.get(`/api/sessions/${session.id}/messages`),
  ];
}

async function comparable(response: Response, id: string): Promise<unknown> {
  const { error } = (await response.json()) as { error: Record<string, string> };
  const { requestId: _, ...told } = error;
  return { status: response.status, error: JSON.parse(JSON.stringify(told).replaceAll(id, '{id}')) };
}
