import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { all, createClient, errorOf, type Client } from '../testing/client.ts';
import { createGate } from '../testing/gate.ts';
import { addRefunds, askRefund, type Refunds } from '../testing/refunds.ts';
import { startWorld, type World } from '../testing/world.ts';

let world: World;
let refunds: Refunds;
let client: Client;
beforeAll(async () => {
  world = await startWorld();
  refunds = await addRefunds(world);
  client = await createClient((await world.startInstance()).url, world.issuer);
});
beforeEach(() => {
  refunds.paid = [];
});
afterAll(() => world.close());

/** A client at a process whose first write of a run waits at a gate. */
async function atSlowLog() {
  const gate = createGate();
  const runLog: World['runLog'] = {
    ...world.runLog,
    append: async (runId, batch) => {
      if (batch.n === 0) await gate.pass();
      await world.runLog.append(runId, batch);
    },
  };
  const { url } = await world.startInstance({ runLog });
  return { gate, slow: await createClient(url, world.issuer) };
}

test('an approval that was overtaken by the deletion of its session makes no call', async () => {
  const { sessionId, decide } = await askRefund(world, client);
  const { gate, slow } = await atSlowLog();
  const answer = decide({ decision: 'approved' }, slow).then(all);
  await gate.reached;
  await world.conversations.deleteSession('alice', sessionId);
  gate.open();
  expect((await answer).map(({ event }) => event.type)).toEqual(['abort']);
  expect(refunds.paid).toEqual([]);
});

test('whoever answers otherwise at the same time is told what was decided, once it is', async () => {
  const { decide } = await askRefund(world, client);
  const { gate, slow } = await atSlowLog();
  const taken = decide({ decision: 'approved' }, slow).then(all);
  await gate.reached;
  const refused = decide({ decision: 'declined' }).then(errorOf);
  setTimeout(() => gate.open(), 50);
  expect(await refused).toMatchObject({ status: 409, message: expect.stringMatching(/already approved/) });
  await taken;
});

test('who wrote on has not approved, and an old card cannot do it any more', async () => {
  const { sessionId, message, decide } = await askRefund(world, client);
  await all(await client.start(sessionId, { parentId: message.id, text: 'No, leave it' }));
  expect(await errorOf(await decide({ decision: 'approved' }))).toMatchObject({
    status: 409,
    message: expect.stringMatching(/you wrote on/),
  });
  expect(refunds.paid).toEqual([]);
});

test('who decided goes on below what came of it, not beside it', async () => {
  const { sessionId, message, decide } = await askRefund(world, client);
  await all(await decide({ decision: 'approved' }));
  const beside = await client.start(sessionId, { parentId: message.id, text: 'No, leave it' });
  expect(await errorOf(beside)).toMatchObject({
    status: 409,
    message: expect.stringMatching(/was decided.*below/),
  });
});
