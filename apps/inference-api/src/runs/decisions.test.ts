import type { Message } from '@parley/contract/message';
import type { Decision } from '@parley/contract/run';
import { waitingCalls } from '@parley/contract/waiting-calls';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { all, createClient, errorOf, type Client } from '../testing/client.ts';
import { createGate } from '../testing/gate.ts';
import { addRefunds, type Refunds } from '../testing/refunds.ts';
import { startWorld, type World } from '../testing/world.ts';

const question = { parentId: null, text: 'Refund the amount 150 to the customer Ada' };

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

const messagesOf = async (sessionId: string): Promise<Message[]> =>
  world.conversations.listMessages(await world.conversations.ownedSession('alice', sessionId));

/** A session whose answer waits for the approval of a refund. */
async function waiting() {
  const { id: sessionId } = await world.createSession({ app: 'refunds' });
  await all(await client.start(sessionId, question));
  const message = (await messagesOf(sessionId)).at(-1)!;
  const { toolCallId } = waitingCalls(message)[0]!;
  const decide = (decision: Decision['decision'], by: Client = client) =>
    by.start(sessionId, { parentId: message.id, decisions: [{ toolCallId, decision }] });
  return { sessionId, message, decide };
}

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
  const { sessionId, decide } = await waiting();
  const { gate, slow } = await atSlowLog();
  const answer = decide('approved', slow).then(all);
  await gate.reached;
  await world.conversations.deleteSession('alice', sessionId);
  gate.open();
  expect((await answer).map(({ event }) => event.type)).toEqual(['abort']);
  expect(refunds.paid).toEqual([]);
});

test('whoever answers otherwise at the same time is told what was decided, once it is', async () => {
  const { decide } = await waiting();
  const { gate, slow } = await atSlowLog();
  const taken = decide('approved', slow).then(all);
  await gate.reached;
  const refused = decide('declined').then(errorOf);
  setTimeout(() => gate.open(), 50);
  expect(await refused).toMatchObject({ status: 409, message: expect.stringMatching(/already approved/) });
  await taken;
});

test('who wrote on has not approved, and an old card cannot do it any more', async () => {
  const { sessionId, message, decide } = await waiting();
  await all(await client.start(sessionId, { parentId: message.id, text: 'No, leave it' }));
  expect(await errorOf(await decide('approved'))).toMatchObject({
    status: 409,
    message: expect.stringMatching(/you wrote on/),
  });
  expect(refunds.paid).toEqual([]);
});

test('who decided goes on below what came of it, not beside it', async () => {
  const { sessionId, message, decide } = await waiting();
  await all(await decide('approved'));
  const beside = await client.start(sessionId, { parentId: message.id, text: 'No, leave it' });
  expect(await errorOf(beside)).toMatchObject({
    status: 409,
    message: expect.stringMatching(/was decided.*below/),
  });
});
