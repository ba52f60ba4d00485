import { randomUUID } from 'node:crypto';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import type { Session } from '@parley/contract/session';
import type { StreamEvent } from '@parley/contract/stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createConversationStore, type ConversationStore, type Run } from './conversations.ts';
import { NotFoundError } from '../errors.ts';
import { createRunLog, type RunLog } from '../run-log/run-log.ts';
import { manualClock, type ManualClock } from '../testing/clocks.ts';
import { withFaults } from '../testing/faults.ts';
import { startedRun, startOf, textEvents } from '../testing/fixtures.ts';
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

const words: StreamEvent[] = [{ type: 'text-start', id: 't' }, ...textEvents(1)];

async function endedRun(
  seal: 'finished' | 'stopped' | 'interrupted' | 'failed' = 'finished',
  events = words,
): Promise<{ session: Session; run: Run; at: Parameters<ConversationStore['withdrawFeedback']>[0] }> {
  const { session, run } = await startedRun(store, owner);
  await log.seal(run.runId, { seal, events, writer: 'w' });
  await store.settleRun(run);
  return { session, run, at: { owner, session, messageId: run.messageId } };
}

const revisionOf = async ({ id }: Session) => (await store.ownedSession(owner, id)).revision;

describe('feedback', () => {
  it('stands with its answer and shows in the revision; the last write wins', async () => {
    const { session, run, at } = await endedRun();
    const { revision, updatedAt } = await store.ownedSession(owner, session.id);
    const first = await store.giveFeedback(at, { rating: 'down', comment: 'Wrong city.' });
    expect(first.before).not.toHaveProperty('feedback');
    const createdAt = '2026-01-01T00:00:00.000Z';
    const given = { rating: 'down', comment: 'Wrong city.', createdAt, updatedAt: createdAt };
    expect(first.feedback).toEqual(given);
    expect((await store.listMessages(session)).at(-1)).toMatchObject({
      id: run.messageId,
      parts: [{ type: 'text', text: '0 ' }],
      feedback: given,
      feedbackRevision: 1,
    });
    expect(await revisionOf(session)).toBe(revision + 1);

    await clock.advance(1_000);
    const second = await store.giveFeedback(at, { rating: 'up' });
    expect(second).toMatchObject({ before: { feedback: given } });
    expect((await store.getMessage(session, run.messageId))?.feedback).toEqual({
      rating: 'up',
      createdAt,
      updatedAt: '2026-01-01T00:00:01.000Z',
    });
    expect(await store.ownedSession(owner, session.id)).toMatchObject({ revision: revision + 2, updatedAt });
  });

  it('is withdrawn, again and again, and its revision tells that from never given', async () => {
    const { session, run, at } = await endedRun();
    await store.giveFeedback(at, { rating: 'up' });
    expect(await store.withdrawFeedback(at)).toMatchObject({ before: { feedback: { rating: 'up' } } });
    const again = await store.withdrawFeedback(at);
    expect(again.before).not.toHaveProperty('feedback');
    const message = await store.getMessage(session, run.messageId);
    expect(message).not.toHaveProperty('feedback');
    expect(message).toMatchObject({ status: 'finished', feedbackRevision: 3 });
  });

  it.each(['finished', 'stopped', 'interrupted', 'failed'] as const)(
    'is taken for an answer that ended as %s',
    async (seal) => {
      const { at } = await endedRun(seal);
      expect((await store.giveFeedback(at, { rating: 'up' })).feedback.rating).toBe('up');
    },
  );

  it('is taken for an answer whose writer died, once its lease has expired', async () => {
    const { session, run } = await startedRun(store, owner);
    const at = { owner, session, messageId: run.messageId };
    await expect(store.giveFeedback(at, { rating: 'up' })).rejects.toMatchObject({ code: 'conflict' });
    await clock.advance(15_000);
    await store.giveFeedback(at, { rating: 'up' });
    expect(await store.getMessage(session, run.messageId)).toMatchObject({
      status: 'interrupted',
      feedback: { rating: 'up' },
    });
  });

  it('is refused for a message that is still written, for a user’s, and for one that is not there', async () => {
    const { session, run } = await startedRun(store, owner);
    const before = await store.listMessages(session);
    const refusals = [
      [run.messageId, { code: 'conflict', field: 'messageId' }],
      [run.parentId!, { code: 'bad-request', field: 'messageId' }],
      ['unknown', { code: 'not-found' }],
      ['x'.repeat(3_000), { code: 'not-found' }],
    ] as const;
    for (const [messageId, refusal] of refusals) {
      const at = { owner, session, messageId };
      await expect(store.giveFeedback(at, { rating: 'up' })).rejects.toMatchObject(refusal);
      await expect(store.withdrawFeedback(at)).rejects.toMatchObject(refusal);
    }
    expect(await store.listMessages(session)).toEqual(before);
  });

  it('reaches no answer of somebody else’s from a session of one’s own', async () => {
    const { session, run } = await endedRun();
    const mine = await store.createSession({ owner: 'mallory', app: 'weather' });
    const at = { owner: 'mallory', session: mine, messageId: run.messageId };
    await expect(store.giveFeedback(at, { rating: 'up' })).rejects.toBeInstanceOf(NotFoundError);
    await expect(store.withdrawFeedback(at)).rejects.toBeInstanceOf(NotFoundError);
    expect(await store.listMessages(mine)).toEqual([]);
    expect(await store.getMessage(session, run.messageId)).not.toHaveProperty('feedback');
  });

  it('survives every later settling of its run, and a repeated start', async () => {
    const { session, run, at } = await endedRun();
    const { feedback } = await store.giveFeedback(at, { rating: 'down', comment: 'No.' });
    const stored = await store.getMessage(session, run.messageId);
    for (let i = 0; i < 2; i += 1) expect(await store.settleRun(run)).toBe('finished');
    expect((await store.startRun(startOf(owner, session, 'first'))).outcome).toBe('repeated');
    expect(await store.getMessage(session, run.messageId)).toEqual(stored);
    expect(stored?.feedback).toEqual(feedback);
  });

  it('stands beside an answer that is longer than an item can be', async () => {
    const output = 'é"\u0000'.repeat(8_000);
    const calls = Array.from({ length: 4 }, (_, i): StreamEvent[] => [
      { type: 'tool-input-available', toolCallId: `${i}`, toolName: 'look', dynamic: true, input: {} },
      { type: 'tool-output-available', toolCallId: `${i}`, dynamic: true, output },
    ]);
    const { session, run } = await startedRun(store, owner);
    for (const [n, events] of calls.entries())
      await log.append(run.runId, { n, first: n * 2, events, writer: 'w' });
    await log.seal(run.runId, { seal: 'finished', events: [{ type: 'finish' }], writer: 'w' });
    const comment = '語'.repeat(2_000);
    await store.giveFeedback({ owner, session, messageId: run.messageId }, { rating: 'down', comment });
    const answer = await store.getMessage(session, run.messageId);
    expect(answer?.parts).toHaveLength(calls.length);
    expect(answer?.feedback?.comment).toBe(comment);
  });

  it('does not bring a session back that is deleted meanwhile', async () => {
    const { session, at } = await endedRun();
    await store.deleteSession(owner, session.id);
    await expect(store.giveFeedback(at, { rating: 'up' })).rejects.toBeInstanceOf(NotFoundError);
    await expect(store.withdrawFeedback(at)).rejects.toBeInstanceOf(NotFoundError);
    await expect(store.ownedSession(owner, session.id)).rejects.toBeInstanceOf(NotFoundError);
    expect(await store.listSessions(owner)).toEqual({ sessions: [] });
  });

  it('makes no message where the one that was read is gone', async () => {
    const { session, run, at } = await endedRun();
    const Key = { pk: `session#${session.id}`, sk: `message#${run.messageId}` };
    const client = withFaults(tables.newClient(), async ({ command }) => {
      if (command !== 'Update') return;
      await tables.documents.send(new DeleteCommand({ TableName: tables.conversationsTable, Key }));
    });
    const late = createConversationStore({ client, tableName: tables.conversationsTable, clock });
    await expect(late.giveFeedback(at, { rating: 'up' })).rejects.toBeInstanceOf(NotFoundError);
    expect((await store.listMessages(session)).map(({ id }) => id)).toEqual([run.parentId]);
  });

  it('that was cut before the session’s revision rose is completed by a repetition', async () => {
    const { session, run, at } = await endedRun();
    const revision = await revisionOf(session);
    let updates = 0;
    const client = withFaults(tables.newClient(), ({ command }) =>
      command === 'Update' && ++updates > 1 ? 'not-sent' : undefined,
    );
    const dying = createConversationStore({ client, tableName: tables.conversationsTable, clock });
    await expect(dying.giveFeedback(at, { rating: 'up' })).rejects.toMatchObject({
      name: 'StoreUnavailableError',
    });
    expect(await revisionOf(session)).toBe(revision);
    await store.giveFeedback(at, { rating: 'up' });
    expect(await revisionOf(session)).toBe(revision + 1);
    expect((await store.getMessage(session, run.messageId))?.feedback?.rating).toBe('up');
  });
});
