import type { SessionView } from '@parley/contract/session';
import { createTestIssuer } from '@parley/service/testing';
import { isolationTests } from '@parley/service/testing/isolation';
import { attach } from './testing/attach.ts';
import { startWorld, type World } from './testing/world.ts';

const secret = 'my salary is 12345';

isolationTests('registry-api', async () => {
  const world = await startWorld({ issuer: await createTestIssuer({ audience: 'parley' }) });
  await world.registerAgent('agent');
  await world.registerApp('weather', { features: { attachments: true } });
  const alices = await conversation(world, 'alice', secret);
  const { sessionId, attachmentId } = alices;
  const nothing = '0193b0000000-00000000000000000000000000000000';
  return {
    app: world.service.app,
    issuer: world.issuer,
    fetch: async (path, init) => world.service.app.request(path, init),
    secret,
    alices,
    mallorys: await conversation(world, 'alice#session', 'nothing to hide'),
    nothings: {
      app: 'weather',
      sessionId: nothing,
      messageId: 'nothing-at-all',
      attachmentId: '0'.repeat(32),
    },
    contents: {
      'POST sessions': { body: { app: 'weather' } },
      'PATCH session': { body: { title: 'Mine' } },
      'POST attachments': { body: { name: 'a.txt', bytes: 1, type: 'text/plain' } },
      'PUT attachment': { body: { name: 'a.txt' } },
      'PUT feedback': { body: { rating: 'down' } },
    },
    state: async () => {
      const path = `/api/sessions/${sessionId}`;
      const alice = world.as('alice');
      const file = await alice.request('GET', `${path}/attachments/${attachmentId}`);
      return [await alice.get(path), await alice.get(`${path}/messages`), await file.text()];
    },
    close: () => world.close(),
  };
});

/** A session in which everything says `text`: its title, question, answer, feedback and attachment. */
async function conversation(world: World, sub: string, text: string) {
  const user = world.as(sub);
  const { id } = await user.post<SessionView>('/api/sessions', { app: 'weather', title: text });
  const messageId = await world.converse(sub, id, { text, answer: text });
  const feedback = `/api/sessions/${id}/messages/${messageId}/feedback`;
  await user.request('PUT', feedback, { rating: 'up', comment: text });
  const attachment = await attach(user, id, { name: 'a.txt', content: text });
  return { app: 'weather', sessionId: id, messageId, attachmentId: attachment.id };
}
