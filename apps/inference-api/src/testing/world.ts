import { createLambdaToolInvoker, createToolClient } from '@parley/agent/tools';
import { agentDefinition, type LambdaToolDefinition } from '@parley/contract/agent';
import { chatAppDefinition } from '@parley/contract/chat-app';
import type { Message } from '@parley/contract/message';
import { budget } from '@parley/contract/model';
import type { Session } from '@parley/contract/session';
import { defineTool, toolHandler, toolSpecOf, type ToolContext } from '@parley/contract/tool';
import { startTestS3, type TestS3 } from '@parley/local/testing/s3';
import { createLog } from '@parley/service/log';
import type { Service } from '@parley/service/server';
import { createTestIssuer, type TestIssuer } from '@parley/service/testing';
import { createAttachments } from '@parley/session-files/attachments';
import { createFilesClient, type FilesBucket } from '@parley/session-files/client';
import { createLargeOutputKeeper } from '@parley/session-files/outputs';
import { createCatalogStore, type CatalogStore } from '@parley/store/catalog';
import { createConversationStore, type ConversationStore } from '@parley/store/conversations';
import { createRunLog, type RunLog } from '@parley/store/run-log';
import { startTestTables, type TestTables } from '@parley/store/testing';
import { z } from 'zod';
import { createInferenceApi, type InferenceApiOptions } from '../app.ts';
import { edgeRuntime, startAwsEdge, type AwsEdge } from './aws-edge.ts';

/** What the one tool of the tests does; tests put their own in its place. */
export type Forecast = (input: { place: string }, context: ToolContext) => unknown;

/** One process's worth of the service, listening. */
export interface Instance {
  url: string;
  service: Service;
  runLog: RunLog;
  conversations: ConversationStore;
  /** Every log line written so far, parsed. */
  lines: Record<string, unknown>[];
}

/** Tables, an issuer, AWS's edge and a registered chat app "weather", for any number of instances. */
export interface World {
  tables: TestTables;
  edge: AwsEdge;
  s3: TestS3;
  /** Its bucket, with a client of the test's own. */
  files: FilesBucket;
  issuer: TestIssuer;
  catalog: CatalogStore;
  conversations: ConversationStore;
  runLog: RunLog;
  forecast: { handler: Forecast };
  startInstance(options?: Partial<InferenceApiOptions>): Promise<Instance>;
  createSession(options?: { owner?: string; app?: string }): Promise<Session>;
  /** The stored messages of a session of Alice's. */
  messagesOf(sessionId: string): Promise<Message[]>;
  close(): Promise<void>;
}

const timeoutSeconds = 30;
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** `dynamoDb` is the endpoint of the tables' DynamoDB, an embedded one by default; `issuer` whose tokens count. */
export async function startWorld(options: { dynamoDb?: string; issuer?: TestIssuer } = {}): Promise<World> {
  const [tables, edge, s3, issuer] = await Promise.all([
    startTestTables(options.dynamoDb),
    startAwsEdge(),
    startTestS3(),
    options.issuer ?? createTestIssuer(),
  ]);
  const catalog = createCatalogStore({ client: tables.client, tableName: tables.catalogTable });
  const conversations = createConversationStore({
    client: tables.client,
    tableName: tables.conversationsTable,
  });
  const runLog = createRunLog({ client: tables.client, tableName: tables.conversationsTable });
  const forecast: World['forecast'] = { handler: defaultForecast };
  const tool = addForecastTool(edge, forecast);
  await registerWeather(catalog, [tool]);
  const instances: Instance[] = [];
  const world: World = {
    tables,
    edge,
    s3,
    files: filesOf(s3),
    issuer,
    catalog,
    conversations,
    runLog,
    forecast,
    async startInstance(options) {
      const instance = await startInstance(world, options);
      instances.push(instance);
      return instance;
    },
    createSession: ({ owner = 'alice', app = 'weather' } = {}) => conversations.createSession({ owner, app }),
    messagesOf: async (sessionId) =>
      conversations.listMessages(await conversations.ownedSession('alice', sessionId)),
    async close() {
      await Promise.all(instances.map(({ service }) => service.stop()));
      await edge.close();
      world.files.client.destroy();
      await s3.close();
      await tables.close();
    },
  };
  return world;
}

export const defaultForecast: Forecast = ({ place }) => ({
  place,
  summary: 'sunny',
  maximum: 24,
  minimum: 15,
});

function addForecastTool(edge: AwsEdge, forecast: World['forecast']): LambdaToolDefinition {
  const tool = defineTool({
    name: 'forecast',
    description: 'Tells the weather forecast of a place for the coming days.',
    input: z.object({ place: z.string().describe('Name of the city') }),
    handler: (input, context) => forecast.handler(input, context),
  });
  edge.functions.set('forecast', { handler: toolHandler(tool, edgeRuntime), timeoutSeconds });
  const described = toolSpecOf(tool);
  if ('problems' in described) throw new Error(JSON.stringify(described.problems));
  return {
    ...described.spec,
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:forecast',
    timeoutSeconds,
  };
}

async function registerWeather(catalog: CatalogStore, tools: LambdaToolDefinition[]): Promise<void> {
  const agent = agentDefinition.parse({ id: 'weather', instructions: 'You tell the weather.', tools });
  const features = { attachments: true };
  const app = chatAppDefinition.parse({ id: 'weather', title: 'Weather', agent: 'weather', features });
  const by = {
    owner: 'parley-test-weather',
    stackId: 'stack/1',
    issuedAt: new Date().toISOString(),
    toolCode: {},
  };
  await catalog.register({
    ...by,
    kind: 'agent',
    id: 'weather',
    logicalResourceId: 'Agent',
    requestId: 'r1',
    definition: agent,
  });
  await catalog.register({
    ...by,
    kind: 'app',
    id: 'weather',
    logicalResourceId: 'App',
    requestId: 'r2',
    definition: app,
  });
}

/** A service with clients of its own, as another process would have. */
async function startInstance(world: World, options: Partial<InferenceApiOptions> = {}): Promise<Instance> {
  const { tables, edge, issuer } = world;
  const client = tables.newClient();
  const conversationsTable = { client, tableName: tables.conversationsTable };
  const conversations = createConversationStore(conversationsTable);
  const runLog = createRunLog(conversationsTable);
  const lines: Record<string, unknown>[] = [];
  const aws = { region: 'us-east-1', credentials, endpoint: edge.url };
  const files = filesOf(world.s3);
  const service = createInferenceApi({
    signIn: issuer,
    catalog: createCatalogStore({ client, tableName: tables.catalogTable }),
    conversations,
    runLog,
    tools: createLambdaToolInvoker({ client: createToolClient(aws) }),
    keepLargeOutput: createLargeOutputKeeper(files),
    attachments: createAttachments(files),
    model: { provider: 'demo' },
    budget: budget.parse({}),
    modelOptions: { demoWordDelayMs: 1 },
    stopSeconds: 20,
    log: createLog({ write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) }),
    ...options,
  });
  const { port } = await service.listen({ port: 0, host: '127.0.0.1' });
  return { url: `http://127.0.0.1:${port}`, service, runLog, conversations, lines };
}

function filesOf({ endpoint, credentials, bucket }: TestS3): FilesBucket {
  return {
    client: createFilesClient({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true }),
    bucket,
  };
}
