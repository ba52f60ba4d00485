import { messageText } from '@parley/contract/message';
import { waitingCalls } from '@parley/contract/waiting-calls';
import { systemClock, type Clock } from '@parley/store/clock';
import { bodyHash, createConversationStore, decisionIds } from '@parley/store/conversations';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startChild } from '../testing/child.ts';
import {
  all,
  createClient,
  errorOf,
  runIdOf,
  sessionEvents,
  textOf,
  until,
  type Client,
} from '../testing/client.ts';
import { createGate } from '../testing/gate.ts';
import {
  addRefunds,
  askRefund,
  refundQuestion,
  withinSeconds,
  type Refunds,
  type WaitingRefund,
} from '../testing/refunds.ts';
import { startWorld, type Instance, type World } from '../testing/world.ts';

let world: World;
let refunds: Refunds;
let instance: Instance;
let client: Client;
let pay: Refunds['pay'];
beforeAll(async () => {
  world = await startWorld();
  refunds = await addRefunds(world);
  pay = refunds.pay;
  instance = await world.startInstance();
  client = await createClient(instance.url, world.issuer);
});
beforeEach(() => {
  refunds.paid = [];
});
afterEach(() => {
  refunds.pay = pay;
});
afterAll(() => world.close());

const waiting = (by = client): Promise<WaitingRefund> => askRefund(world, client, by);

test('a call that needs approval is made when it is approved, with the input that was stored, by a run of its own', async () => {
  const { sessionId, received, message, call, decide } = await waiting();
  expect(received.at(-1)!.event).toMatchObject({ type: 'finish', finishReason: 'tool-calls' });
  expect(message).toMatchObject({ status: 'waiting' });
  expect(call).toMatchObject({ toolName: 'refund', input: { customer: 'Ada', amount: 150 } });
  expect(refunds.paid).toEqual([]);

  const answered = await all(await decide({ decision: 'approved' }));
  expect(answered.slice(0, 4).map(({ event }) => event)).toMatchObject([
    { type: 'start' },
    { type: 'start-step' },
    { type: 'tool-input-available', toolCallId: call.toolCallId, input: { customer: 'Ada', amount: 150 } },
    { type: 'data-tool-decision', data: { decision: 'approved' } },
  ]);
  expect(textOf(answered)).toContain('Ada got 150');
  expect(refunds.paid).toEqual([{ customer: 'Ada', amount: 150 }]);
  const messages = await world.messagesOf(sessionId);
  expect(messages.map(({ status, parentId }) => [status, parentId]).slice(1)).toEqual([
    ['waiting', messages[0]!.id],
    ['finished', message.id],
  ]);
});

test('a call that the rule does not match is made at once', async () => {
  const { id } = await world.createSession({ app: 'refunds' });
  const text = 'Refund the amount 15 to the customer Ada';
  expect(textOf(await all(await client.start(id, { parentId: null, text })))).toContain('Ada got 15');
});

test('a declined call is not made, and the model is told why', async () => {
  const { decide } = await waiting();
  const answered = await all(await decide({ decision: 'declined', reason: 'He was paid.' }));
  expect(textOf(answered)).toContain('Declined by the user: He was paid.');
  expect(refunds.paid).toEqual([]);
});

test('devices that answer at the same time make one run; who answers otherwise hears what was decided', async () => {
  const { sessionId, decide } = await waiting();
  const other = await createClient((await world.startInstance()).url, world.issuer);
  const [one, two] = await Promise.all(
    [client, other].map(async (each) => all(await decide({ decision: 'approved' }, each))),
  );
  expect(one).toEqual(two);
  expect(refunds.paid).toHaveLength(1);
  expect(await all(await decide({ decision: 'approved' }))).toEqual(one);
  expect(await errorOf(await decide({ decision: 'declined' }, other))).toMatchObject({
    status: 409,
    code: 'conflict',
    message: expect.stringMatching(/^this was already approved/),
  });
  expect(await world.messagesOf(sessionId)).toHaveLength(3);
});

test('opposite answers at the same time: one is taken, the other is refused', async () => {
  const { decide } = await waiting();
  const answers = await Promise.all([decide({ decision: 'approved' }), decide({ decision: 'declined' })]);
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  await Promise.all(answers.map((answer) => (answer.ok ? all(answer) : answer.text())));
  expect(refunds.paid).toHaveLength(answers[0]!.ok ? 1 : 0);
});

test('other devices hear that a run waits, and that it goes on', async () => {
  const { id } = await world.createSession({ app: 'refunds' });
  const gone = new AbortController();
  const path = `/inference/sessions/${id}/events`;
  const events = sessionEvents(await client.request('GET', path, { signal: gone.signal }));
  const next = async (type: string) => {
    for (;;) {
      const { value } = await events.next();
      if (value?.type === type) return value;
    }
  };
  await next('session');
  const runId = runIdOf(await all(await client.start(id, refundQuestion)));
  expect(await next('run-ended')).toMatchObject({ runId, status: 'waiting' });
  const message = (await world.messagesOf(id)).at(-1)!;
  const toolCallId = waitingCalls(message)[0]!.toolCallId;
  const decisions = [{ toolCallId, decision: 'declined' as const }];
  await all(await client.start(id, { parentId: message.id, decisions }));
  expect(await next('message-added')).toMatchObject({ parentId: message.id, role: 'assistant' });
  expect(await next('run-ended')).toMatchObject({ status: 'finished' });
  gone.abort();
});

test('after its time a call cannot be approved any more, and whoever writes on has the model told', async () => {
  const { sessionId, message, decide } = await waiting();
  const ahead: Clock = { ...systemClock, now: () => Date.now() + (withinSeconds + 1) * 1_000 };
  const late = await createClient((await world.startInstance({ clock: ahead })).url, world.issuer);
  expect(await errorOf(await decide({ decision: 'approved' }, late))).toMatchObject({
    status: 409,
    message: expect.stringContaining('ran out at 20'),
  });
  const answered = await all(await late.start(sessionId, { parentId: message.id, text: 'Thank you' }));
  expect(textOf(answered)).not.toBe('');
  expect(refunds.paid).toEqual([]);
});

test('decisions are refused that are not one for each call of an answer that waits', async () => {
  const { sessionId, message, call } = await waiting();
  const { toolCallId } = call;
  const yes = { toolCallId, decision: 'approved' as const };
  const refusal = async (body: Parameters<Client['start']>[1]) =>
    errorOf(await client.start(sessionId, body));
  const badRequest = { status: 400, field: 'decisions', message: expect.stringContaining(toolCallId) };
  expect(await refusal({ parentId: message.id, decisions: [{ ...yes, toolCallId: 'x' }] })).toMatchObject(
    badRequest,
  );
  expect(await refusal({ parentId: message.id, decisions: [yes, yes] })).toMatchObject(badRequest);
  expect(await refusal({ parentId: message.id })).toMatchObject(badRequest);
  expect(await refusal({ parentId: message.parentId, decisions: [yes] })).toMatchObject({
    status: 400,
    field: 'parentId',
  });
  expect(await refusal({ parentId: null, decisions: [yes] })).toMatchObject({ status: 400 });
  expect(await refusal({ parentId: message.id, text: 'And', decisions: [yes] })).toMatchObject({
    status: 400,
  });
  const mallory = await createClient(instance.url, world.issuer, 'mallory');
  const stolen = await mallory.start(sessionId, { parentId: message.id, decisions: [yes] });
  expect(stolen.status).toBe(404);
  expect(refunds.paid).toEqual([]);
});

test('what may be done is judged again when the answer comes: the app, and whether it still has the tool', async () => {
  const { decide } = await waiting();
  await world.catalog.setOverride('app', 'refunds', { enabled: false });
  expect((await decide({ decision: 'approved' })).status).toBe(403);
  await world.catalog.setOverride('app', 'refunds', undefined);
  await refunds.register({ withTool: false });
  try {
    expect(await errorOf(await decide({ decision: 'approved' }))).toMatchObject({
      status: 409,
      message: expect.stringContaining('"refund" is no longer part'),
    });
    expect((await all(await decide({ decision: 'declined' }))).length).toBeGreaterThan(0);
  } finally {
    await refunds.register();
  }
});

test('a run waits without its process: after kill -9 any other takes the answer', async () => {
  const keys = await world.issuer.serveKeys();
  const child = await startChild(world, keys.url);
  const { decide } = await waiting(await createClient(child.url, world.issuer));
  child.process.kill('SIGKILL');
  await child.exited;
  await keys.close();
  expect(textOf(await all(await decide({ decision: 'approved' })))).toContain('Ada got 150');
  expect(refunds.paid).toHaveLength(1);
});

test('a process that dies while the approved tool works: it is not called again, and the model is told that it may have run', async () => {
  const gate = createGate();
  refunds.pay = () => gate.pass();
  const keys = await world.issuer.serveKeys();
  const child = await startChild(world, keys.url);
  const { sessionId, decide } = await waiting();
  const elsewhere = await createClient(child.url, world.issuer);
  await until(
    await decide({ decision: 'approved' }, elsewhere),
    ({ event }) => event.type === 'data-tool-decision',
  );
  await gate.reached;
  child.process.kill('SIGKILL');
  await child.exited;
  gate.open();
  await keys.close();

  const cut = await interruptedBy(decide, sessionId);
  expect(cut.parts).toMatchObject([{}, { approval: { decision: 'approved' } }]);
  expect(refunds.paid).toHaveLength(1);
});

test('a process that dies between the decision and the call: the same', async () => {
  const { sessionId, message, call, decide } = await waiting();
  const decisions = [{ toolCallId: call.toolCallId, decision: 'approved' as const }];
  const ids = decisionIds(sessionId, message.id);
  await world.conversations.startRun({
    owner: 'alice',
    session: await world.conversations.ownedSession('alice', sessionId),
    runId: ids.runId,
    bodyHash: bodyHash({ parentId: message.id, decisions }),
    answer: { id: ids.messageId, parentId: message.id },
    writerId: 'dead',
  });
  expect((await interruptedBy(decide, sessionId)).parts).toEqual([]);
  expect(refunds.paid).toEqual([]);
});

/** The run that was cut, to which the same answer again leads; gone on with, the model does not call again. */
async function interruptedBy(decide: Awaited<ReturnType<typeof waiting>>['decide'], sessionId: string) {
  const clock: Clock = { ...systemClock, now: () => Date.now() + 60_000 };
  const { client: tables, conversationsTable: tableName } = world.tables;
  const conversations = createConversationStore({ client: tables, tableName, clock });
  const late = await createClient((await world.startInstance({ conversations, clock })).url, world.issuer);
  const repeated = await all(await decide({ decision: 'approved' }, late));
  expect(repeated.at(-1)!.event).toEqual({ type: 'abort', reason: 'interrupted' });
  const cut = (await world.messagesOf(sessionId)).at(-1)!;
  expect(cut.status).toBe('interrupted');
  await all(await late.start(sessionId, { parentId: cut.id }));
  expect(messageText((await world.messagesOf(sessionId)).at(-1)!)).toContain('it may have run');
  return cut;
}
