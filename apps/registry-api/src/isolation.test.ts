import type { SessionView } from '@parley/contract/session';
import { createTestIssuer } from '@parley/service/testing';
import { isolationTests } from '@parley/service/testing/isolation';
import { startWorld, type World } from './testing/world.ts';

const secret = 'my salary is 12345';

isolationTests('registry-api', async () => {
  const world = await startWorld({ issuer: await createTestIssuer({ audience: 'parley' }) });
  await world.registerAgent('agent');
  await world.registerApp('weather');
  const alices = await conversation(world, 'alice', secret);
  const { sessionId } = alices;
  const nothing = '0193b0000000-00000000000000000000000000000000';
  return {
    app: world.service.app,
    issuer: world.issuer,
    fetch: async (path, init) => world.service.app.request(path, init),
    secret,
    alices,
    mallorys: await conversation(world, 'alice#session', 'nothing to hide'),
    nothings: { app: 'weather', sessionId: nothing, messageId: 'nothing-at-all' },
    contents: {
      'POST sessions': { body: { app: 'weather' } },
      'PATCH session': { body: { title: 'Mine' } },
      'PUT feedback': { body: { rating: 'down' } },
    },
    state: async () => {
      const path = `/api/sessions/${sessionId}`;
      return [await world.as('alice').get(path), await world.as('alice').get(`${path}/messages`)];
    },
    close: () => world.close(),
  };
});

/** A session in which everything says `text`: its title, question, answer and feedback. */
async function conversation(world: World, sub: string, text: string) {
  const user = world.as(sub);
  const { id } = await user.post<SessionView>('/api/sessions', { app: 'weather', title: text });
  const messageId = await world.converse(sub, id, { text, answer: text });
  const feedback = `/api/sessions/${id}/messages/${messageId}/feedback`;
  await user.request('PUT', feedback, { rating: 'up', comment: text });
  return { app: 'weather', sessionId: id, messageId };
}
