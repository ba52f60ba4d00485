import { agentDefinition } from '@parley/contract/agent';
import { chatAppDefinition } from '@parley/contract/chat-app';
import type { StreamEvent } from '@parley/contract/stream';
import { startTestS3, type TestS3 } from '@parley/local/testing/s3';
import { createLog } from '@parley/service/log';
import { createTestIssuer, type TestClaims, type TestIssuer } from '@parley/service/testing';
import type { Service } from '@parley/service/server';
import { createFilesClient } from '@parley/session-files/client';
import { createCatalogStore, type CatalogStore, type Writer } from '@parley/store/catalog';
import {
  bodyHash,
  createConversationStore,
  startIds,
  type ConversationStore,
} from '@parley/store/conversations';
import { createRunLog } from '@parley/store/run-log';
import { startTestTables, type TestTables } from '@parley/store/testing';
import { createRegistryApi } from '../app.ts';

/** The service over an embedded DynamoDB, with an issuer whose tokens it takes. */
export interface World {
  service: Service;
  issuer: TestIssuer;
  tables: TestTables;
  s3: TestS3;
  catalog: CatalogStore;
  conversations: ConversationStore;
  logged: string[];
  /** Requests of the user `sub`. */
  as(sub: string, claims?: TestClaims): TestUser;
  registerAgent(id: string, more?: object): Promise<void>;
  registerApp(id: string, more?: object): Promise<void>;
  retireApp(id: string): Promise<void>;
  /** Lets a run of `sub` answer `text` in a session; returns the answer's id. */
  converse(
    sub: string,
    sessionId: string,
    turn: { text: string; answer: string; parentId?: string | null },
  ): Promise<string>;
  close(): Promise<void>;
}

export interface TestUser {
  request(method: string, path: string, body?: unknown): Promise<Response>;
  /** The body of an answer that must be a success. */
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
}

const writer = (requestId: string): Writer => ({
  owner: 'parley-test-weather',
  stackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/parley-test-weather/1',
  logicalResourceId: 'App',
  requestId,
});

/** `issuer` is whose tokens count. Default: one of its own. */
export async function startWorld(options: { issuer?: TestIssuer } = {}): Promise<World> {
  const [tables, s3, issuer] = await Promise.all([
    startTestTables(),
    startTestS3(),
    options.issuer ?? createTestIssuer(),
  ]);
  const { endpoint, credentials, bucket } = s3;
  const { client } = tables;
  const catalog = createCatalogStore({ client, tableName: tables.catalogTable });
  const conversations = createConversationStore({ client, tableName: tables.conversationsTable });
  const logged: string[] = [];
  const service = createRegistryApi({
    signIn: issuer,
    catalog,
    conversations,
    files: {
      client: createFilesClient({ endpoint, credentials, region: 'eu-west-1', forcePathStyle: true }),
      bucket,
    },
    model: { provider: 'demo' },
    log: createLog({ write: (line) => logged.push(line) }),
  });
  let requests = 0;
  const nextWriter = () => writer(`request-${(requests += 1)}`);

  return {
    service,
    issuer,
    tables,
    s3,
    catalog,
    conversations,
    logged,
    as: (sub, claims) => testUser(service, issuer, { sub, ...claims }),
    registerAgent: async (id, more = {}) => {
      const definition = agentDefinition.parse({ id, instructions: 'Answer.', ...more });
      await catalog.register({ kind: 'agent', id, definition, toolCode: {}, ...nextWriter() });
    },
    registerApp: async (id, more = {}) => {
      const definition = chatAppDefinition.parse({ id, title: id, agent: 'agent', ...more });
      await catalog.register({ kind: 'app', id, definition, toolCode: {}, ...nextWriter() });
    },
    retireApp: async (id) => {
      await catalog.retire('app', id, nextWriter());
    },
    converse: (sub, sessionId, turn) => converse({ tables, conversations }, sub, sessionId, turn),
    close: async () => {
      await s3.close();
      await tables.close();
    },
  };
}

function testUser(service: Service, issuer: TestIssuer, claims: TestClaims): TestUser {
  const request: TestUser['request'] = async (method, path, body) => {
    const headers = { ...(await issuer.headers(claims)), 'content-type': 'application/json' };
    return service.app.request(path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  };
  const json = async <T>(method: string, path: string, body?: unknown) => {
    const response = await request(method, path, body);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  return { request, get: (path) => json('GET', path), post: (path, body) => json('POST', path, body) };
}

/** What inference-api does in the tables when a run goes well. */
async function converse(
  { tables, conversations }: { tables: TestTables; conversations: ConversationStore },
  owner: string,
  sessionId: string,
  { text, answer, parentId = null }: { text: string; answer: string; parentId?: string | null },
): Promise<string> {
  const session = await conversations.ownedSession(owner, sessionId);
  const ids = startIds(sessionId, `${parentId}:${text}`);
  const { run } = await conversations.startRun({
    owner,
    session,
    runId: ids.runId,
    bodyHash: bodyHash({ parentId, text }),
    userMessage: { id: ids.userMessageId, parentId, text },
    answer: { id: ids.messageId, parentId: ids.userMessageId },
    writerId: 'writer',
    titleIfNone: text,
  });
  const events: StreamEvent[] = [
    { type: 'start', messageId: ids.messageId, messageMetadata: { runId: ids.runId, model: 'demo' } },
    { type: 'text-start', id: '1' },
    { type: 'text-delta', id: '1', delta: answer },
    { type: 'text-end', id: '1' },
    { type: 'finish' },
  ];
  const log = createRunLog({ client: tables.client, tableName: tables.conversationsTable });
  await log.append(ids.runId, { n: 0, first: 0, events, writer: 'writer', seal: 'finished' });
  await conversations.settleRun(run);
  return ids.messageId;
}
