import { chatAppView, type ChatAppView } from '@parley/contract/chat-app';
import type { Message } from '@parley/contract/message';
import { sessionView, type SessionView } from '@parley/contract/session';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from './testing/world.ts';

let world: World;
let count = 0;
/** A user nobody else is. */
const newUser = () => world.as(`user-${(count += 1)}`);
const newSub = () => `user-${(count += 1)}`;

beforeAll(async () => {
  world = await startWorld();
  await world.registerAgent('agent');
  await world.registerApp('weather', {
    title: 'Weather',
    description: 'Forecasts',
    icon: '☀️',
    suggestions: ['Lisbon?'],
  });
});
afterAll(() => world.close());

async function problemOf(response: Response) {
  const { error } = (await response.json()) as { error: { code: string; message: string; field?: string } };
  return { status: response.status, ...error };
}

const appIds = async (user = newUser()) =>
  (await user.get<{ chatApps: ChatAppView[] }>('/api/chat-apps')).chatApps.map(({ id }) => id);

describe('/health', () => {
  it('needs no token', async () => {
    const response = await world.service.app.request('/health');
    expect(await response.json()).toMatchObject({ status: 'ok', service: 'registry-api' });
  });
});

describe('/api/me', () => {
  it('says who is signed in', async () => {
    const user = world.as('u-1', { name: 'Ana', 'cognito:groups': ['staff'] });
    expect(await user.get('/api/me')).toEqual({ sub: 'u-1', name: 'Ana', groups: ['staff'] });
  });
});

describe('/api/chat-apps', () => {
  it('shows what a card needs, and says plainly that the demo model answers', async () => {
    const { chatApps } = await newUser().get<{ chatApps: ChatAppView[] }>('/api/chat-apps');
    const weather = chatApps.find(({ id }) => id === 'weather');
    expect(weather).toEqual({
      id: 'weather',
      title: 'Weather',
      description: 'Forecasts',
      icon: '☀️',
      suggestions: ['Lisbon?'],
      features: { attachments: false, regenerate: true, edit: true },
      model: 'demo',
      demo: true,
    });
    expect(await newUser().get('/api/chat-apps/weather')).toEqual(weather);
  });

  it('matches the contract', async () => {
    const { chatApps } = await newUser().get<{ chatApps: unknown[] }>('/api/chat-apps');
    for (const each of chatApps) expect(chatAppView.parse(each)).toEqual(each);
  });

  it('names the model that would answer: the operator’s before the agent’s', async () => {
    const model = {
      provider: 'openai-compatible',
      baseUrl: 'http://127.0.0.1:1/v1',
      model: 'llama',
    } as const;
    await world.registerAgent('llama-agent', { model });
    await world.registerApp('llama', { agent: 'llama-agent' });
    expect(await newUser().get('/api/chat-apps/llama')).toMatchObject({
      model: 'openai-compatible/llama',
      demo: false,
    });
    await world.catalog.setOverride('app', 'llama', { model: { ...model, model: 'qwen' } });
    expect(await newUser().get('/api/chat-apps/llama')).toMatchObject({ model: 'openai-compatible/qwen' });
  });

  it('lists by title', async () => {
    await world.registerApp('zoo', { title: 'Aardvarks' });
    const ids = await appIds();
    expect(ids.indexOf('zoo')).toBeLessThan(ids.indexOf('weather'));
  });

  it('hides an app for a group from everybody else, in the list and by its id', async () => {
    await world.registerApp('payroll', { access: { groups: ['finance', 'hr'] } });
    const insider = world.as('insider', { 'cognito:groups': ['hr'] });
    expect(await appIds(insider)).toContain('payroll');
    expect((await insider.request('GET', '/api/chat-apps/payroll')).status).toBe(200);
    const outsider = world.as('outsider', { 'cognito:groups': ['sales'] });
    expect(await appIds(outsider)).not.toContain('payroll');
    const hidden = await problemOf(await outsider.request('GET', '/api/chat-apps/payroll'));
    const absent = await problemOf(await outsider.request('GET', '/api/chat-apps/payrolx'));
    expect(hidden).toMatchObject({ status: 404, code: 'not-found' });
    expect(hidden.message.replace('payroll', 'payrolx')).toBe(absent.message);
  });

  it('lists neither an app that is switched off, nor one whose agent is gone or switched off', async () => {
    await world.registerApp('off');
    await world.catalog.setOverride('app', 'off', { enabled: false });
    await world.registerApp('orphan', { agent: 'gone' });
    await world.registerAgent('off-agent');
    await world.catalog.setOverride('agent', 'off-agent', { enabled: false });
    await world.registerApp('sleeping', { agent: 'off-agent' });
    const ids = await appIds();
    for (const id of ['off', 'orphan', 'sleeping']) {
      expect(ids).not.toContain(id);
      const problem = await problemOf(await newUser().request('GET', `/api/chat-apps/${id}`));
      expect(problem).toMatchObject({ status: 403, code: 'not-allowed' });
      expect(problem.message).toContain('switched off');
    }
  });

  it.each(['UPPER', 'a'.repeat(3_000), '%00', 'a%2Fb', 'live%23app', '..%2Fme'])(
    'answers 404 for the id %s',
    async (id) => {
      expect((await newUser().request('GET', `/api/chat-apps/${id}`)).status).toBe(404);
    },
  );
});

describe('/api/sessions', () => {
  it('keeps what a conversation is called, from its creation to its deletion', async () => {
    const user = newUser();
    const created = await user.request('POST', '/api/sessions', { app: 'weather', title: '  Lisbon ' });
    expect(created.status).toBe(201);
    const session = sessionView.parse(await created.json());
    expect(session).toMatchObject({ app: 'weather', title: 'Lisbon', appState: 'usable', revision: 1 });
    const path = `/api/sessions/${session.id}`;
    expect(created.headers.get('location')).toBe(path);
    expect(await user.get(path)).toEqual(session);

    const renamed = (await (await user.request('PATCH', path, { title: 'Porto' })).json()) as SessionView;
    expect(renamed).toMatchObject({ id: session.id, title: 'Porto', revision: 2 });
    expect(await user.get('/api/sessions')).toEqual({ sessions: [renamed] });

    const deleted = await user.request('DELETE', path);
    expect([deleted.status, await deleted.text()]).toEqual([204, '']);
    for (const [method, below] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['GET', '/messages'],
    ] as const) {
      const body = method === 'PATCH' ? { title: 'x' } : undefined;
      expect((await user.request(method, path + below, body)).status).toBe(404);
    }
    expect(await user.get('/api/sessions')).toEqual({ sessions: [] });
  });

  it('lists page by page, newest first, with a cursor that says nothing', async () => {
    const user = newUser();
    const made: string[] = [];
    for (let i = 0; i < 5; i += 1)
      made.push((await user.post<SessionView>('/api/sessions', { app: 'weather' })).id);
    const seen: string[] = [];
    let path = '/api/sessions?limit=2';
    for (let pages = 0; pages < 3; pages += 1) {
      const page = await user.get<{ sessions: SessionView[]; cursor?: string }>(path);
      seen.push(...page.sessions.map(({ id }) => id));
      expect(made.some((id) => page.cursor?.includes(id))).toBe(false);
      path = `/api/sessions?limit=2&cursor=${page.cursor}`;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(new Set(made));
    expect(path).toContain('undefined'); // the last page has no cursor
  });

  it('lists one app’s alone when asked', async () => {
    const user = newUser();
    await world.registerApp('news');
    await user.post('/api/sessions', { app: 'weather' });
    const news = await user.post<SessionView>('/api/sessions', { app: 'news' });
    const { sessions } = await user.get<{ sessions: SessionView[] }>('/api/sessions?app=news');
    expect(sessions).toEqual([news]);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=ten', 'limit'],
    ['app=NOT', 'app'],
    ['cursor=garbage', 'cursor'],
    ['cursor=', 'cursor'],
    ['cursor=djE6YQ%3D%3D', 'cursor'],
    ['cursor=' + 'A'.repeat(500), 'cursor'],
  ])('refuses ?%s, naming the field', async (query, field) => {
    const problem = await problemOf(await newUser().request('GET', `/api/sessions?${query}`));
    expect(problem).toMatchObject({ status: 400, code: 'bad-request', field });
  });

  it('refuses an unknown query parameter', async () => {
    const problem = await problemOf(await newUser().request('GET', '/api/sessions?lmit=3'));
    expect(problem.message).toContain('unknown key "lmit"');
  });

  it.each([
    ['no app', {}, 'app'],
    ['an id that is none', { app: 'Not An Id' }, 'app'],
    ['an empty title', { app: 'weather', title: '  ' }, 'title'],
    ['a title with an escape', { app: 'weather', title: 'a\u001b[31mb' }, 'title'],
    ['a title too long', { app: 'weather', title: 'x'.repeat(201) }, 'title'],
  ])('refuses to begin with %s', async (_, body, field) => {
    const problem = await problemOf(await newUser().request('POST', '/api/sessions', body));
    expect(problem).toMatchObject({ status: 400, field });
  });

  it('takes nothing about identity or agent from the client', async () => {
    const problem = await problemOf(
      await newUser().request('POST', '/api/sessions', { app: 'weather', owner: 'alice', agent: 'other' }),
    );
    expect(problem.message).toContain('unknown key "owner", "agent"');
  });

  it('begins only in apps the user may use', async () => {
    await world.registerApp('closed', { access: { groups: ['hr'] } });
    await world.registerApp('dark');
    await world.catalog.setOverride('app', 'dark', { enabled: false });
    const begin = async (app: string) => (await newUser().request('POST', '/api/sessions', { app })).status;
    expect(await begin('closed')).toBe(404);
    expect(await begin('dark')).toBe(403);
    expect(await begin('never-was')).toBe(404);
    expect(
      (
        await world
          .as('member', { 'cognito:groups': ['hr'] })
          .request('POST', '/api/sessions', { app: 'closed' })
      ).status,
    ).toBe(201);
  });

  it.each(['x'.repeat(3_000), '%00', '..%2F..', 'a%20b', 'session%23x'])(
    'answers 404 for the id %s',
    async (id) => {
      expect((await newUser().request('GET', `/api/sessions/${id}`)).status).toBe(404);
    },
  );
});

describe('the messages of a session', () => {
  it('come as a tree, parents first, with what was answered', async () => {
    const sub = newSub();
    const user = world.as(sub);
    const { id } = await user.post<SessionView>('/api/sessions', { app: 'weather' });
    expect(await user.get(`/api/sessions/${id}/messages`)).toEqual({ messages: [] });
    const first = await world.converse(sub, id, { text: 'Lisbon?', answer: 'Sunny.' });
    await world.converse(sub, id, { text: 'And Porto?', answer: 'Rain.', parentId: first });
    await world.converse(sub, id, { text: 'And Faro?', answer: 'Wind.', parentId: first });
    const { messages } = await user.get<{ messages: Message[] }>(`/api/sessions/${id}/messages`);
    const lines = messages.map(
      ({ role, parts }) => `${role}: ${parts.map((p) => (p.type === 'text' ? p.text : '')).join('')}`,
    );
    expect(lines.slice(0, 2)).toEqual(['user: Lisbon?', 'assistant: Sunny.']);
    expect(new Set(lines.slice(2))).toEqual(
      new Set(['user: And Porto?', 'assistant: Rain.', 'user: And Faro?', 'assistant: Wind.']),
    );
    expect(messages.filter(({ parentId }) => parentId === first)).toHaveLength(2);
    expect(await user.get(`/api/sessions/${id}`)).toMatchObject({ title: 'Lisbon?' });
    expect(world.logged.join('')).not.toContain('Lisbon');
  });
});

describe('sessions of an app that is no longer there for the user', () => {
  it('stay readable, renamable and deletable, and say why nothing can be written', async () => {
    const sub = newSub();
    const user = world.as(sub, { 'cognito:groups': ['hr'] });
    for (const app of ['ending', 'dimmed', 'narrowed']) await world.registerApp(app);
    const ids = new Map<string, string>();
    for (const app of ['ending', 'dimmed', 'narrowed', 'weather']) {
      ids.set(app, (await user.post<SessionView>('/api/sessions', { app })).id);
    }
    await world.converse(sub, ids.get('ending')!, { text: 'Hi', answer: 'Hello' });
    await world.retireApp('ending');
    await world.catalog.setOverride('app', 'dimmed', { enabled: false });
    await world.catalog.setOverride('app', 'narrowed', { access: { groups: ['ceo'] } });

    const { sessions } = await user.get<{ sessions: SessionView[] }>('/api/sessions');
    const states = Object.fromEntries(sessions.map(({ app, appState }) => [app, appState]));
    expect(states).toEqual({
      ending: 'retired',
      dimmed: 'switched-off',
      narrowed: 'no-access',
      weather: 'usable',
    });
    const path = `/api/sessions/${ids.get('ending')}`;
    expect(await user.get(path)).toMatchObject({ appState: 'retired' });
    const { messages } = await user.get<{ messages: Message[] }>(`${path}/messages`);
    expect(messages).toHaveLength(2);
    const renamed = await user.request('PATCH', path, { title: 'Old' });
    expect(await renamed.json()).toMatchObject({ title: 'Old', appState: 'retired' });
    expect((await user.request('POST', '/api/sessions', { app: 'ending' })).status).toBe(404);
    expect((await user.request('DELETE', path)).status).toBe(204);
  });
});
