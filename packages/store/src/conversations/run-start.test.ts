import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createConversationStore, type ConversationStore } from './conversations.ts';
import { IdempotencyConflictError } from '../errors.ts';
import { manualClock, type ManualClock } from '../testing/clocks.ts';
import { withFaults, type Call, type Fault } from '../testing/faults.ts';
import { errorOf, startedRun, startOf } from '../testing/fixtures.ts';
import { startTestTables, type TestTables } from '../testing/tables.ts';

let tables: TestTables;
let clock: ManualClock;
let store: ConversationStore;
let owner: string;
beforeAll(async () => {
  tables = await startTestTables();
});
afterAll(() => tables.close());
beforeEach(() => {
  clock = manualClock();
  const at = { client: tables.client, tableName: tables.conversationsTable, clock };
  store = createConversationStore(at);
  owner = randomUUID();
});

const newSession = (app = 'weather') => store.createSession({ owner, app });

describe('starting a run', () => {
  it('writes the question and a place for the answer, and makes the run known', async () => {
    const session = await newSession();
    const start = startOf(owner, session, 'key', 'Hi');
    const { outcome, run } = await store.startRun({ ...start, titleIfNone: 'Hi' });
    expect(outcome).toBe('started');
    expect(run.leaseUntil).toBe(clock.now() + 15_000);
    expect(await store.listMessages(session)).toEqual([
      {
        id: start.userMessage!.id,
        parentId: null,
        role: 'user',
        status: 'finished',
        parts: [{ type: 'text', text: 'Hi' }],
        createdAt: '2026-01-01T00:00:00.000Z',
      },
      {
        id: start.answer.id,
        parentId: start.userMessage!.id,
        role: 'assistant',
        status: 'streaming',
        parts: [],
        createdAt: '2026-01-01T00:00:00.000Z',
        runId: run.runId,
      },
    ]);
    const after = await store.ownedSession(owner, session.id);
    expect(after.title).toBe('Hi');
    expect(after.revision).toBeGreaterThan(session.revision);
  });

  it('is done once per idempotency key, and refuses another body under the same key', async () => {
    const session = await newSession();
    const first = await store.startRun(startOf(owner, session, 'key', 'Hi'));
    const again = await store.startRun(startOf(owner, session, 'key', 'Hi'));
    expect(again).toEqual({ outcome: 'repeated', run: first.run });
    await expect(store.startRun(startOf(owner, session, 'key', 'Bye'))).rejects.toBeInstanceOf(
      IdempotencyConflictError,
    );
    expect(await store.listMessages(session)).toHaveLength(2);
    expect((await store.startRun(startOf(owner, session, 'other', 'Hi'))).outcome).toBe('started');
  });

  it('has one winner among requests that come at the same time', async () => {
    const session = await newSession();
    const starts = Array.from({ length: 8 }, () => store.startRun(startOf(owner, session, 'key', 'Hi')));
    const outcomes = await Promise.all(starts);
    expect(outcomes.filter(({ outcome }) => outcome === 'started')).toHaveLength(1);
    expect(new Set(outcomes.map(({ run }) => run.writerId)).size).toBe(1);
  });

  it('has one winner among two bodies under one key, and nothing of the other one', async () => {
    for (let i = 0; i < 10; i += 1) {
      const session = await newSession();
      const starts = ['Hi', 'Bye'].map((text) => store.startRun(startOf(owner, session, 'key', text)));
      const settled = await Promise.allSettled(starts);
      const won = settled.findIndex(({ status }) => status === 'fulfilled');
      expect(settled[1 - won]).toMatchObject({ reason: { code: 'conflict' } });
      expect(await store.listMessages(session)).toMatchObject([
        { parts: [{ text: ['Hi', 'Bye'][won] }] },
        { status: 'streaming' },
      ]);
    }
  });

  it('answers its question in the place that a request made whose own did not get there', async () => {
    const session = await newSession();
    const client = withFaults(tables.newClient(), async (call) => {
      if (roleOf(call) !== 'user') return undefined;
      await delay(100); // meanwhile the place of the answer gets there
      return 'not-sent';
    });
    const dying = createConversationStore({ client, tableName: tables.conversationsTable, clock });
    await errorOf(dying.startRun(startOf(owner, session, 'key', 'Bye')));
    const { outcome, run } = await store.startRun(startOf(owner, session, 'key', 'Hi'));
    expect(outcome).toBe('started');
    expect(await store.startRun(startOf(owner, session, 'key', 'Hi'))).toEqual({ outcome: 'repeated', run });
    await expect(store.startRun(startOf(owner, session, 'key', 'Bye'))).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await store.listMessages(session)).toMatchObject([
      { parts: [{ text: 'Hi' }] },
      { status: 'streaming', runId: run.runId },
    ]);
  });

  it('leaves the place of an answer to a request without a question', async () => {
    const { session, run: before } = await startedRun(store, owner);
    const { userMessage: _, ...again } = startOf(owner, session, 'key', 'Hi');
    const answer = { ...again.answer, parentId: before.parentId };
    const client = withFaults(tables.newClient(), (call) =>
      call.command === 'Put' && roleOf(call) === undefined ? 'not-sent' : undefined,
    );
    const dying = createConversationStore({ client, tableName: tables.conversationsTable, clock });
    await errorOf(dying.startRun({ ...again, answer, bodyHash: 'other' }));
    await expect(store.startRun(startOf(owner, session, 'key', 'Hi'))).rejects.toMatchObject({
      code: 'conflict',
    });
    expect((await store.startRun({ ...again, answer, bodyHash: 'other' })).outcome).toBe('started');
  });

  for (const fault of ['not-sent', 'answer-lost'] as const) {
    it(`is completed by a repetition, wherever the first one was cut (${fault})`, async () => {
      for (let cutAt = 0; ; cutAt += 1) {
        const session = await newSession();
        const isComplete = await startedUntil(session, cutAt, fault);
        const { outcome, run } = await store.startRun({
          ...startOf(owner, session, 'key', 'Hi'),
          titleIfNone: 'Hi',
        });
        expect(await store.listMessages(session)).toMatchObject([
          { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
          { role: 'assistant', status: 'streaming', runId: run.runId },
        ]);
        expect((await store.ownedSession(owner, session.id)).title).toBe('Hi');
        // A run that was committed is not executed twice: it is followed until its lease expires.
        expect(isComplete ? outcome : 'repeated').toBe('repeated');
        if (isComplete && cutAt > 4) return;
      }
    });
  }

  /** Of the message that a call puts. */
  function roleOf({ input }: Call): string | undefined {
    return (input['Item'] as { role?: { S?: string } } | undefined)?.role?.S;
  }

  /** Starts with a client that dies at its write number `cutAt`; true when the start got through. */
  async function startedUntil(session: Awaited<ReturnType<typeof newSession>>, cutAt: number, fault: Fault) {
    let writes = 0;
    const client = withFaults(tables.newClient(), ({ command }) => {
      if (command === 'Get' || command === 'Query') return undefined;
      writes += 1;
      if (writes <= cutAt) return undefined;
      return writes === cutAt + 1 ? fault : 'not-sent';
    });
    const dying = createConversationStore({ client, tableName: tables.conversationsTable, clock });
    const cut = await errorOf(dying.startRun({ ...startOf(owner, session, 'key', 'Hi'), titleIfNone: 'Hi' }));
    return cut === undefined;
  }

  it('counts as started when only the answers to its writes were lost', async () => {
    const session = await newSession();
    const client = withFaults(tables.newClient(), ({ command }) =>
      command === 'Put' ? 'answer-lost' : undefined,
    );
    const limping = createConversationStore({ client, tableName: tables.conversationsTable, clock });
    expect((await limping.startRun(startOf(owner, session, 'key'))).outcome).toBe('started');
    expect((await limping.createSession({ owner, app: 'weather' })).title).toBe('');
  });

  it('shows nothing of an answer whose start was never completed, but keeps the question', async () => {
    const session = await newSession();
    let puts = 0;
    const client = withFaults(tables.newClient(), ({ command }) =>
      command === 'Put' && ++puts > 2 ? 'not-sent' : undefined,
    );
    const dying = createConversationStore({ client, tableName: tables.conversationsTable, clock });
    await errorOf(dying.startRun(startOf(owner, session, 'key', 'Hi')));
    expect(await store.listMessages(session)).toMatchObject([{ role: 'user', status: 'finished' }]);
  });

  it('refuses another body even if the first start was cut before it was committed', async () => {
    const session = await newSession();
    await startedUntil(session, 2, 'not-sent');
    await expect(store.startRun(startOf(owner, session, 'key', 'Bye'))).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('is not undone when the session cannot be touched afterwards', async () => {
    const session = await newSession();
    const client = withFaults(tables.newClient(), ({ command }) =>
      command === 'Update' ? 'not-sent' : undefined,
    );
    const limping = createConversationStore({ client, tableName: tables.conversationsTable, clock });
    expect((await limping.startRun(startOf(owner, session, 'key', 'Hi'))).outcome).toBe('started');
  });
});
