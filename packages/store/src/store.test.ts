import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCatalogStore } from './catalog.ts';
import { bodyHash, createConversationStore, startIds } from './conversations.ts';
import { createRunLog } from './run-log.ts';
import { createRunReader } from './run-reader.ts';
import { createBatchWindow, createRunWriter } from './run-writer.ts';
import { startTestTables, type TestTables } from './testing/tables.ts';

let tables: TestTables;
beforeAll(async () => {
  tables = await startTestTables();
});
afterAll(() => tables.close());

it('runs', async () => {
  const catalog = createCatalogStore({ client: tables.client, tableName: tables.catalogTable });
  const definition = {
    id: 'weather',
    title: 'W',
    description: '',
    suggestions: [],
    access: 'signed-in' as const,
    features: { attachments: false, regenerate: true, edit: true },
    agent: 'weather',
  };
  const r = {
    kind: 'app' as const,
    id: 'weather',
    owner: 's',
    stackId: 'x',
    logicalResourceId: 'l',
    requestId: '1',
    definition,
    toolCode: {},
  };
  expect((await catalog.register(r)).outcome).toBe('registered');
  expect((await catalog.register(r)).outcome).toBe('repeated');
  await catalog.setOverride('app', 'weather', { enabled: false });
  expect(await catalog.listLive('app')).toMatchObject([{ id: 'weather', enabled: false }]);
  expect(await catalog.getLive('app', 'weather')).toMatchObject({ definition: { title: 'W' } });

  const at = { client: tables.client, tableName: tables.conversationsTable };
  const store = createConversationStore(at);
  const log = createRunLog(at);
  const session = await store.createSession({ owner: 'u', app: 'weather' });
  const ids = startIds(session.id, 'key');
  const { run, outcome } = await store.startRun({
    owner: 'u',
    session,
    runId: ids.runId,
    bodyHash: bodyHash({ a: 1 }),
    writerId: 'w',
    titleIfNone: 'Hi',
    userMessage: { id: ids.userMessageId, parentId: null, text: 'hi' },
    answer: { id: ids.messageId, parentId: ids.userMessageId },
  });
  expect(outcome).toBe('started');
  const reader = createRunReader({ log, runs: store });
  const writer = createRunWriter({
    log,
    runId: run.runId,
    writerId: 'w',
    window: createBatchWindow(),
    leases: store,
    publish: reader.publish,
  });
  const seen: unknown[] = [];
  const following = (async () => {
    for await (const e of reader.follow(run)) seen.push(e);
  })();
  await writer.write({
    type: 'start',
    messageId: ids.messageId,
    messageMetadata: { runId: run.runId, model: 'demo' },
  });
  await writer.write({ type: 'text-start', id: 't' });
  await writer.write({ type: 'text-delta', id: 't', delta: 'hel' });
  await writer.write({ type: 'text-delta', id: 't', delta: 'lo' });
  expect(await writer.seal('finished', [{ type: 'finish' }])).toBe('finished');
  await following;
  expect(seen.length).toBe(4);
  expect(await store.settleRun(run)).toBe('finished');
  expect(await store.listMessages(session)).toMatchObject([
    { role: 'user' },
    { status: 'finished', parts: [{ type: 'text', text: 'hello' }] },
  ]);
  expect((await store.listSessions('u')).sessions).toMatchObject([{ title: 'Hi' }]);
});
