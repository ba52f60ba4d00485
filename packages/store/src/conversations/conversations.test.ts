import { randomUUID } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { StreamEvent } from '@parley/contract/stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createConversationStore, newSessionId, type ConversationStore } from './conversations.ts';
import { NotFoundError } from '../errors.ts';
import { createRunLog, type RunLog } from '../run-log/run-log.ts';
import { manualClock, type ManualClock } from '../testing/clocks.ts';
import { withFaults } from '../testing/faults.ts';
import { errorOf, newerEvents, startedRun, startOf, textEvents } from '../testing/fixtures.ts';
import { startTestTables, type TestTables } from '../testing/tables.ts';

let tables: TestTables;
let clock: ManualClock;
let store: ConversationStore;
let log: RunLog;
let owner: string;
beforeAll(async () => {
  tables = await startTestTables();
});
afterAll(() => tables.close());
beforeEach(() => {
  clock = manualClock();
  const at = { client: tables.client, tableName: tables.conversationsTable, clock };
  store = createConversationStore(at);
  log = createRunLog(at);
  owner = randomUUID();
});

const newSession = (app = 'weather') => store.createSession({ owner, app });

describe('sessions', () => {
  it('are listed newest first, page by page, each once, without deleted ones and other apps', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 9; i += 1) {
      await clock.advance(1_000);
      ids.unshift((await newSession(i % 3 === 0 ? 'other' : 'weather')).id);
    }
    const listed = async (page: { app?: string; limit?: number }) => {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const next = await store.listSessions(owner, { ...page, cursor });
        expect(next.sessions.length).toBeLessThanOrEqual(page.limit ?? 50);
        found.push(...next.sessions.map(({ id }) => id));
        cursor = next.cursor;
      } while (cursor);
      return found;
    };
    for (const limit of [1, 2, 3, 8, 9, 10]) expect(await listed({ limit })).toEqual(ids);
    const weather = ids.filter((_, i) => (8 - i) % 3 !== 0);
    for (const limit of [1, 3, 6]) expect(await listed({ app: 'weather', limit })).toEqual(weather);
    await store.deleteSession(owner, ids[4]!);
    expect(await listed({ limit: 4 })).toEqual(ids.filter((id) => id !== ids[4]));
    expect(await store.listSessions(randomUUID())).toEqual({ sessions: [] });
  });

  it('are made once per id', async () => {
    const first = await store.createSession({ owner, app: 'weather', title: 'One', id: 'mine' });
    expect(await store.createSession({ owner, app: 'weather', title: 'Two', id: 'mine' })).toEqual(first);
  });

  it('show every change in their revision, and when something was last said in `updatedAt`', async () => {
    const session = await newSession();
    expect(session).toMatchObject({ revision: 1, title: '' });
    await clock.advance(1_000);
    const renamed = await store.changeSession(owner, session.id, { title: 'Trip' });
    expect(renamed).toEqual({ ...session, title: 'Trip', revision: 2 });
    expect(await store.touchSession(owner, session.id, { titleIfNone: 'Unused' })).toEqual({
      ...session,
      title: 'Trip',
      revision: 3,
      updatedAt: '2026-01-01T00:00:01.000Z',
    });
  });

  it('show the branch of the answer that was begun last, until another message of theirs is chosen', async () => {
    const { session, run } = await startedRun(store, owner);
    expect(await store.ownedSession(owner, session.id)).toMatchObject({ shownMessageId: run.messageId });
    const [question] = await store.listMessages(session);
    const chosen = { shownMessageId: question!.id };
    expect(await store.changeSession(owner, session.id, chosen)).toMatchObject(chosen);
    const other = await startedRun(store, owner);
    const foreign = { shownMessageId: other.run.messageId };
    expect(await errorOf(store.changeSession(owner, session.id, foreign))).toMatchObject({
      code: 'not-found',
    });
    expect(await errorOf(store.changeSession('mallory', session.id, chosen))).toMatchObject({
      message: expect.stringContaining(session.id) as string,
    });
    expect(await store.ownedSession(owner, session.id)).toMatchObject(chosen);
  });

  it('have ids that sort by age and cannot be guessed', () => {
    const ids = [1, 2 ** 40].flatMap((now) => [newSessionId(now), newSessionId(now)]);
    expect(new Set(ids).size).toBe(4);
    expect(ids[0]! < ids[2]!).toBe(true);
    expect(ids[0]).toMatch(/^[0-9a-f]{12}-[0-9a-f]{32}$/);
  });
});

describe('the ownership guard', () => {
  it('answers the same for what is absent, deleted and somebody else’s', async () => {
    const { session, run } = await startedRun(store, 'bob');
    const deleted = await newSession();
    await store.deleteSession(owner, deleted.id);
    const asks = (id: string) => [
      () => store.ownedSession(owner, id),
      () => store.changeSession(owner, id, { title: 'Mine' }),
      () => store.touchSession(owner, id),
      () => store.deleteSession(owner, id),
    ];
    const shape = (error: unknown, id: string) => ({
      name: (error as Error).name,
      code: (error as NotFoundError).code,
      message: (error as Error).message.replace(id, '<id>'),
    });
    const answers = [];
    for (const id of ['absent', deleted.id, session.id]) {
      for (const ask of asks(id)) answers.push(shape(await errorOf(ask()), id));
    }
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    const [absent, foreign] = [
      await errorOf(store.ownedRun(owner, 'absent')),
      await errorOf(store.ownedRun(owner, run.runId)),
    ];
    expect(shape(foreign, run.runId)).toEqual(shape(absent, 'absent'));
    expect(await store.ownedSession('bob', session.id)).toMatchObject({ id: session.id, title: '' });
    expect(await store.ownedRun('bob', run.runId)).toEqual(run);
  });

  it('takes an id longer than any key can be for absent', async () => {
    const long = 'x'.repeat(3_000);
    await expect(store.ownedSession(owner, long)).rejects.toBeInstanceOf(NotFoundError);
    await expect(store.changeSession(owner, long, { title: 'Mine' })).rejects.toBeInstanceOf(NotFoundError);
    await expect(store.ownedRun(owner, long)).rejects.toBeInstanceOf(NotFoundError);
    expect(await store.getMessage(await newSession(), long)).toBeUndefined();
    expect(await store.listSessions(owner, { cursor: long })).toEqual({ sessions: [] });
  });

  it('hides the runs of a deleted session', async () => {
    const { session, run } = await startedRun(store, owner);
    await store.deleteSession(owner, session.id);
    await expect(store.ownedRun(owner, run.runId)).rejects.toBeInstanceOf(NotFoundError);
  });
});

describe('the end of a run', () => {
  const sealing = (events: StreamEvent[] = [{ type: 'finish' }]) => ({
    seal: 'finished' as const,
    events,
    writer: 'w',
  });

  it('gives its message the content of its log, once, and shows in the revision', async () => {
    const { session, run } = await startedRun(store, owner);
    await log.append(run.runId, {
      n: 0,
      first: 0,
      events: [{ type: 'text-start', id: 't' }, ...textEvents(3)],
      writer: 'w',
    });
    expect(await store.settleRun(run)).toBeUndefined();
    await log.seal(run.runId, sealing());
    const { revision } = await store.ownedSession(owner, session.id);
    for (let i = 0; i < 3; i += 1) expect(await store.settleRun(run)).toBe('finished');
    expect((await store.ownedSession(owner, session.id)).revision).toBe(revision + 1);
    expect(await store.getMessage(session, run.messageId)).toMatchObject({
      status: 'finished',
      parts: [{ type: 'text', text: '0 1 2 ' }],
    });
    expect(await store.getRun(run.runId)).toMatchObject({ seal: 'finished' });
    expect(await store.renewLease(run.runId, run.writerId, 1)).toBe(false);
  });

  it('is settled by its writer without a read, as it knows what it wrote', async () => {
    const { session, run } = await startedRun(store, owner);
    const ended = sealing([{ type: 'text-start', id: 't' }, ...textEvents(2)]);
    await log.seal(run.runId, ended);
    const commands: string[] = [];
    const client = withFaults(tables.newClient(), ({ command }) => void commands.push(command));
    const own = createConversationStore({ client, tableName: tables.conversationsTable, clock });
    expect(await own.settleRun(run, ended)).toBe('finished');
    expect(commands).toEqual(['Update', 'Update', 'Update']);
    expect(await store.getMessage(session, run.messageId)).toMatchObject({
      status: 'finished',
      parts: [{ text: '0 1 ' }],
    });
  });

  it('is settled by an older task than the one that wrote it: what that one does not know is left out', async () => {
    const { session, run } = await startedRun(store, owner);
    await log.seal(
      run.runId,
      sealing([{ type: 'text-start', id: 't' }, ...newerEvents, ...textEvents(1, 1)]),
    );
    expect((await store.listMessages(session)).at(-1)).toMatchObject({
      status: 'finished',
      parts: [{ type: 'text', text: '0 1 ' }],
      error: { code: 'throttled', message: 'Busy.' },
      usage: { inputTokens: 3, outputTokens: 2 },
    });
  });

  it('is settled by whoever reads the session, when the writer died after the seal', async () => {
    const { session, run } = await startedRun(store, owner);
    await log.seal(run.runId, sealing([{ type: 'text-start', id: 't' }, ...textEvents(1)]));
    expect((await store.listMessages(session)).at(-1)).toMatchObject({
      status: 'finished',
      parts: [{ text: '0 ' }],
    });
  });

  it('is settled whichever write of an earlier settler was the last one', async () => {
    for (let cutAt = 0; cutAt < 4; cutAt += 1) {
      const { session, run } = await startedRun(store, owner);
      await log.seal(run.runId, sealing([{ type: 'text-start', id: 't' }, ...textEvents(1)]));
      let updates = 0;
      const client = withFaults(tables.newClient(), ({ command }) =>
        command === 'Update' && ++updates > cutAt ? 'not-sent' : undefined,
      );
      await errorOf(
        createConversationStore({ client, tableName: tables.conversationsTable, clock }).settleRun(run),
      );
      const { revision } = session;
      expect((await store.listMessages(session)).at(-1)).toMatchObject({
        status: 'finished',
        parts: [{ text: '0 ' }],
      });
      expect(await store.getRun(run.runId)).toMatchObject({ seal: 'finished' });
      expect((await store.ownedSession(owner, session.id)).revision).toBeGreaterThan(revision + 1);
    }
  });

  it('is an interruption once the lease has expired, keeps the partial answer, and can be continued', async () => {
    const { session, run } = await startedRun(store, owner);
    await log.append(run.runId, {
      n: 0,
      first: 0,
      events: [{ type: 'text-start', id: 't' }, ...textEvents(2)],
      writer: run.writerId,
    });
    await clock.advance(14_999);
    expect((await store.listMessages(session)).at(-1)?.status).toBe('streaming');
    await clock.advance(1);
    expect((await store.listMessages(session)).at(-1)).toMatchObject({
      status: 'interrupted',
      parts: [{ type: 'text', text: '0 1 ' }],
    });
    const next = { ...startOf(owner, session, 'continue'), userMessage: undefined };
    const answer = { ...next.answer, parentId: run.messageId };
    expect((await store.startRun({ ...next, answer })).outcome).toBe('started');
    expect((await store.listMessages(session)).map(({ parentId }) => parentId)).toEqual([
      null,
      run.parentId,
      run.messageId,
    ]);
  });

  it('leaves the usage of the model calls that ended to a message that was interrupted', async () => {
    const { session, run } = await startedRun(store, owner);
    const used = (inputTokens: number): StreamEvent => ({
      type: 'message-metadata',
      messageMetadata: { usage: { inputTokens, outputTokens: 2 } },
    });
    await log.append(run.runId, { n: 0, first: 0, events: [used(10), used(30)], writer: run.writerId });
    await clock.advance(15_000);
    expect((await store.listMessages(session)).at(-1)).toMatchObject({
      status: 'interrupted',
      usage: { inputTokens: 30, outputTokens: 2 },
    });
  });

  it('waits for a lease that was renewed since the run was read', async () => {
    const { run } = await startedRun(store, owner);
    expect(await store.renewLease(run.runId, run.writerId, clock.now() + 30_000)).toBe(true);
    expect(await store.renewLease(run.runId, 'somebody', clock.now() + 90_000)).toBe(false);
    await clock.advance(20_000);
    expect(await store.settleRun(run)).toBeUndefined();
    await clock.advance(10_000);
    expect(await store.settleRun(run)).toBe('interrupted');
  });

  it('is one and the same for all who find the lease expired at once', async () => {
    const { session, run } = await startedRun(store, owner);
    await clock.advance(15_000);
    const seals = await Promise.all(Array.from({ length: 6 }, () => store.settleRun(run)));
    expect(new Set(seals)).toEqual(new Set(['interrupted']));
    expect(await log.read(run.runId)).toHaveLength(1);
    expect(await store.listMessages(session)).toHaveLength(2);
  });

  it('settles after its session was deleted', async () => {
    const { session, run } = await startedRun(store, owner);
    await log.seal(run.runId, sealing());
    await store.deleteSession(owner, session.id);
    expect(await store.settleRun(run)).toBe('finished');
  });

  it('is stopped when its session is deleted', async () => {
    const { session, run } = await startedRun(store, owner);
    await store.deleteSession(owner, session.id);
    expect((await log.lastBatch(run.runId))?.seal).toBe('stopped');
    expect(await store.settleRun(run)).toBe('stopped');
  });

  it('is stopped by nobody else’s attempt to delete its session', async () => {
    const { session, run } = await startedRun(store, owner);
    await expect(store.deleteSession('mallory', session.id)).rejects.toBeInstanceOf(NotFoundError);
    expect(await log.lastBatch(run.runId)).toBeUndefined();
  });

  it('is not begun when its session is deleted while it starts', async () => {
    const session = await newSession();
    await store.deleteSession(owner, session.id);
    await expect(store.startRun(startOf(owner, session, 'key', 'Hi'))).rejects.toBeInstanceOf(NotFoundError);
  });

  it('that was started in spite of a delete is stopped by the repeated one', async () => {
    const session = await newSession();
    await store.deleteSession(owner, session.id);
    const start = startOf(owner, session, 'key', 'Hi');
    await store.startRun(start).catch(() => undefined);
    await expect(store.deleteSession(owner, session.id)).rejects.toBeInstanceOf(NotFoundError);
    expect((await log.lastBatch(start.runId))?.seal).toBe('stopped');
  });
});

describe('messages', () => {
  it('may be longer than an item can be', async () => {
    const { session, run } = await startedRun(store, owner);
    const output = 'é"\u0000'.repeat(8_000);
    const call = (i: number): StreamEvent[] => [
      { type: 'tool-input-available', toolCallId: `${i}`, toolName: 'look', dynamic: true, input: {} },
      { type: 'tool-output-available', toolCallId: `${i}`, dynamic: true, output },
    ];
    for (let n = 0; n < 15; n += 1)
      await log.append(run.runId, { n, first: n * 2, events: call(n), writer: 'w' });
    await log.seal(run.runId, { seal: 'finished', events: [{ type: 'finish' }], writer: 'w' });
    const [, answer] = await store.listMessages(session);
    expect(answer?.status).toBe('finished');
    expect(answer?.parts).toHaveLength(15);
    for (const part of answer?.parts ?? []) expect(part).toMatchObject({ state: 'output-available', output });

    const text = '\u0001'.repeat(100_000);
    const next = { ...startOf(owner, session, 'long', text) };
    await store.startRun({ ...next, userMessage: { ...next.userMessage!, parentId: run.messageId } });
    expect((await store.getMessage(session, next.userMessage!.id))?.parts).toEqual([{ type: 'text', text }]);
  });

  it('that a newer version wrote are read with all they have', async () => {
    const { session, run } = await startedRun(store, owner);
    await log.seal(run.runId, { seal: 'finished', events: [], writer: 'w' });
    await store.settleRun(run);
    const parts = [
      { type: 'text', text: 'Hi', language: 'en' },
      { type: 'source-url', url: 'https://example.com' },
    ];
    await tables.documents.send(
      new UpdateCommand({
        TableName: tables.conversationsTable,
        Key: { pk: `session#${session.id}`, sk: `message#${run.messageId}` },
        UpdateExpression: 'SET content = :content',
        ExpressionAttributeValues: { ':content': JSON.stringify({ parts, mood: 'sunny' }) },
      }),
    );
    expect(await store.getMessage(session, run.messageId)).toMatchObject({ parts });
  });

  it('come parents first, even if the clock of the task that wrote a child was behind', async () => {
    const { session, run } = await startedRun(store, owner);
    await log.seal(run.runId, { seal: 'finished', events: [], writer: 'w' });
    const behind = manualClock(clock.now() - 60_000);
    const other = createConversationStore({
      client: tables.client,
      tableName: tables.conversationsTable,
      clock: behind,
    });
    const start = startOf(owner, session, 'next');
    await other.startRun({ ...start, userMessage: { ...start.userMessage!, parentId: run.messageId } });
    const ids = (await other.listMessages(session)).map(({ id }) => id);
    expect(ids).toEqual([run.parentId, run.messageId, start.userMessage!.id, start.answer.id]);
  });
});
