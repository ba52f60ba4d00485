import { feedback as feedbackSchema } from '@parley/contract/feedback';
import { message as messageSchema, type Message } from '@parley/contract/message';
import { routePath } from '@parley/contract/routes';
import type { SessionView } from '@parley/contract/session';
import { bodyHash, startIds } from '@parley/store/conversations';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type TestUser, type World } from '../testing/world.ts';

let world: World;
let count = 0;
let sub: string;
let user: TestUser;
let session: SessionView;
let question: string;
let answer: string;

beforeAll(async () => {
  world = await startWorld();
  await world.registerAgent('agent');
  await world.registerApp('weather');
});
afterAll(() => world.close());
beforeEach(async () => {
  sub = `rater-${(count += 1)}`;
  user = world.as(sub);
  session = await user.post<SessionView>('/api/sessions', { app: 'weather' });
  answer = await world.converse(sub, session.id, { text: 'Lisbon?', answer: 'Sunny.' });
  question = (await messages())[0]!.id;
  world.logged.length = 0;
});

const pathOf = (messageId: string, sessionId = session.id) => routePath('feedback', { sessionId, messageId });
const put = (body: unknown, messageId = answer, by = user) => by.request('PUT', pathOf(messageId), body);
const withdraw = (messageId = answer, by = user) => by.request('DELETE', pathOf(messageId));
const messages = async () =>
  (await user.get<{ messages: Message[] }>(`/api/sessions/${session.id}/messages`)).messages;
const stored = async () => (await messages()).find(({ id }) => id === answer)?.feedback;
const revision = async () => (await user.get<SessionView>(`/api/sessions/${session.id}`)).revision;
const feedbackLines = () =>
  world.logged
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ message }) => String(message).startsWith('feedback'));

async function problemOf(response: Response) {
  const { error } = (await response.json()) as { error: { code: string; message: string; field?: string } };
  return { status: response.status, ...error };
}

/** A run of the user's that is still open; returns the id of the answer it writes. */
async function openAnswer(): Promise<string> {
  const owned = await world.conversations.ownedSession(sub, session.id);
  const ids = startIds(session.id, 'open');
  await world.conversations.startRun({
    owner: sub,
    session: owned,
    runId: ids.runId,
    bodyHash: bodyHash('open'),
    answer: { id: ids.messageId, parentId: question },
    writerId: 'writer',
  });
  return ids.messageId;
}

describe('feedback on an answer', () => {
  it('is stored, shown with the messages, replaced and withdrawn, and raises the revision each time', async () => {
    const before = await revision();
    const given = await put({ rating: 'down', comment: ' It rained. ' });
    expect(given.status).toBe(200);
    const feedback = feedbackSchema.parse(await given.json());
    expect(feedback).toMatchObject({ rating: 'down', comment: 'It rained.' });
    expect(await stored()).toEqual(feedback);
    for (const each of await messages()) expect(messageSchema.parse(each)).toEqual(each);
    expect(await revision()).toBe(before + 1);

    const changed = (await (await put({ rating: 'up' })).json()) as object;
    expect(changed).toEqual({ rating: 'up', createdAt: feedback.createdAt, updatedAt: expect.any(String) });
    expect(await stored()).toEqual(changed);
    expect(await revision()).toBe(before + 2);

    for (let i = 0; i < 2; i += 1) {
      const withdrawn = await withdraw();
      expect([withdrawn.status, await withdrawn.text()]).toEqual([204, '']);
      expect(await stored()).toBeUndefined();
    }
  });

  it('can be given where nothing can be written any more', async () => {
    await world.registerApp('ending');
    session = await user.post<SessionView>('/api/sessions', { app: 'ending' });
    answer = await world.converse(sub, session.id, { text: 'Hi', answer: 'Hello' });
    await world.retireApp('ending');
    expect((await put({ rating: 'up' })).status).toBe(200);
  });

  it.each([
    ['no rating', {}, 'rating'],
    ['a rating that is none', { rating: 'meh' }, 'rating'],
    ['an empty comment', { rating: 'up', comment: ' ' }, 'comment'],
    ['a comment too long', { rating: 'up', comment: 'x'.repeat(2_001) }, 'comment'],
    ['a comment that is no text', { rating: 'up', comment: 5 }, 'comment'],
  ])('is refused with %s, naming the field', async (_, body, field) => {
    const problem = await problemOf(await put(body));
    expect(problem).toMatchObject({ status: 400, code: 'bad-request', field });
    expect(await stored()).toBeUndefined();
  });

  it('takes nothing else from the client, and no body that is none', async () => {
    const extra = await problemOf(await put({ rating: 'up', createdAt: '2020-01-01T00:00:00Z' }));
    expect(extra.message).toContain('unknown key "createdAt"');
    expect(await problemOf(await put(undefined))).toMatchObject({ status: 400, code: 'bad-request' });
    expect(await stored()).toBeUndefined();
  });

  it('is refused for a message of the user, saying that only answers take it', async () => {
    for (const response of [await put({ rating: 'up' }, question), await withdraw(question)]) {
      const problem = await problemOf(response);
      expect(problem).toMatchObject({ status: 400, code: 'bad-request', field: 'messageId' });
      expect(problem.message).toContain('only answers take feedback');
    }
  });

  it('is refused for an answer that is still being written, and taken once it has ended', async () => {
    const open = await openAnswer();
    for (const response of [await put({ rating: 'up' }, open), await withdraw(open)]) {
      const problem = await problemOf(response);
      expect(problem).toMatchObject({ status: 409, code: 'conflict', field: 'messageId' });
      expect(problem.message).toContain('still being written');
    }
  });

  it('finds an unknown message no more than somebody else’s', async () => {
    const mallory = world.as(`${sub}#session`);
    const own = await mallory.post<SessionView>('/api/sessions', { app: 'weather' });
    const unknown = '0'.repeat(32);
    const tries = [
      await put({ rating: 'up' }, unknown),
      await withdraw(unknown),
      await put({ rating: 'up' }, answer, mallory),
      await withdraw(answer, mallory),
      await mallory.request('PUT', pathOf(answer, own.id), { rating: 'up' }),
      await mallory.request('DELETE', pathOf(answer, own.id)),
    ];
    for (const response of tries)
      expect(await problemOf(response)).toMatchObject({ status: 404, code: 'not-found' });
    expect((await problemOf(await put({ rating: 'up' }, unknown))).message).toBe(
      `no message "${unknown}" was found among yours: expected the id of one of this session`,
    );
    expect(await stored()).toBeUndefined();
  });

  it.each(['x'.repeat(3_000), '%00', '..%2F..', 'a%20b', 'message%23x'])(
    'answers 404 for the message id %s',
    async (id) => {
      const path = `/api/sessions/${session.id}/messages/${id}/feedback`;
      expect((await user.request('PUT', path, { rating: 'up' })).status).toBe(404);
      expect((await user.request('DELETE', path)).status).toBe(404);
    },
  );

  it('of a deleted session is not found, and brings nothing of it back', async () => {
    await put({ rating: 'up' });
    await user.request('DELETE', `/api/sessions/${session.id}`);
    expect((await put({ rating: 'down' })).status).toBe(404);
    expect((await withdraw()).status).toBe(404);
    expect(await user.get('/api/sessions')).toEqual({ sessions: [] });
  });

  it('is put or deleted, and nothing else: the answer says so', async () => {
    const response = await user.request('POST', pathOf(answer), { rating: 'up' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'PUT, DELETE']);
  });
});

describe('what operators see of feedback', () => {
  it('is one line for each change, with what they count by, and never a word of the comment', async () => {
    await put({ rating: 'up' });
    await put({ rating: 'down', comment: 'My salary is 12345.' });
    await withdraw();
    await withdraw();
    const { runId } = (await messages()).find(({ id }) => id === answer)!;
    const at = { app: 'weather', sessionId: session.id, messageId: answer, runId, model: 'demo' };
    expect(feedbackLines()).toMatchObject([
      { message: 'feedback given', ...at, rating: 'up', hasComment: false },
      { message: 'feedback changed', ...at, rating: 'down', hasComment: true },
      { message: 'feedback withdrawn', ...at, rating: 'down', hasComment: true },
    ]);
    expect(feedbackLines()[0]).toHaveProperty('requestId');
    expect(world.logged.join('')).not.toContain('salary');
  });

  it('is nothing where a change was refused', async () => {
    await put({ rating: 'meh' });
    await put({ rating: 'up' }, question);
    await withdraw('0'.repeat(32));
    expect(feedbackLines()).toEqual([]);
  });
});
