import { createTestIssuer } from '@parley/service/testing';
import { isolationTests } from '@parley/service/testing/isolation';
import { all, createClient, runIdOf } from './testing/client.ts';
import { startWorld, type Instance, type World } from './testing/world.ts';

const secret = 'my salary is 12345';
const key = { 'idempotency-key': 'first' };

isolationTests('inference-api', async () => {
  const world = await startWorld({ issuer: await createTestIssuer({ audience: 'parley' }) });
  const instance = await world.startInstance();
  const alices = await conversation(world, instance, 'alice', secret);
  return {
    app: instance.service.app,
    issuer: world.issuer,
    fetch: (path, init) => fetch(`${instance.url}${path}`, init),
    secret,
    alices,
    mallorys: await conversation(world, instance, 'alice#session', 'nothing to hide'),
    nothings: { sessionId: 'no-such-session', runId: 'no-such-run' },
    contents: { 'POST startRun': { body: { parentId: null, text: secret }, headers: key } },
    state: () => world.messagesOf(alices.sessionId),
    close: () => world.close(),
  };
});

/** A session with one question and its answer. */
async function conversation(world: World, { url }: Instance, owner: string, text: string) {
  const client = await createClient(url, world.issuer, owner);
  const { id: sessionId } = await world.createSession({ owner });
  const run = await client.start(sessionId, { parentId: null, text }, { key: 'first' });
  return { sessionId, runId: runIdOf(await all(run)) };
}
