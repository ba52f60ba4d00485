import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createStoreClient } from '../table/client.ts';
import { createTableInput } from '../table/tables.ts';

/** Both tables, empty, in a DynamoDB for tests. */
export interface TestTables {
  client: DynamoDBClient;
  /** For what a test reads or writes past the stores. */
  documents: DynamoDBDocumentClient;
  catalogTable: string;
  conversationsTable: string;
  /** For `AWS_ENDPOINT_URL_DYNAMODB` of a process under test. */
  endpoint: string;
  /** Another client of the same tables, for a test that puts faults in its way. */
  newClient(): DynamoDBClient;
  close(): Promise<void>;
}

/**
 * Creates both tables in an embedded DynamoDB in memory, on a free port of 127.0.0.1; or, when `elsewhere` or
 * else `PARLEY_TEST_DYNAMODB` names the endpoint of another DynamoDB, in that one. Close it in `afterAll`.
 */
export async function startTestTables(elsewhere = process.env['PARLEY_TEST_DYNAMODB']): Promise<TestTables> {
  const { endpoint, stop } = elsewhere ? { endpoint: elsewhere, stop: undefined } : await startEmbedded();
  const clients: DynamoDBClient[] = [];
  const access = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const newClient = (): DynamoDBClient => {
    const client = createStoreClient(access);
    clients.push(client);
    return client;
  };
  const client = newClient();
  const plain = new DynamoDBClient(access);
  clients.push(plain);
  const suffix = elsewhere ? `-${randomUUID()}` : '';
  const names = { catalogTable: `catalog${suffix}`, conversationsTable: `conversations${suffix}` };
  for (const name of Object.values(names)) await client.send(new CreateTableCommand(createTableInput(name)));
  const close = async (): Promise<void> => {
    if (elsewhere) {
      for (const TableName of Object.values(names)) await client.send(new DeleteTableCommand({ TableName }));
    }
    for (const each of clients) each.destroy();
    await stop?.();
  };
  return { client, documents: DynamoDBDocumentClient.from(plain), ...names, endpoint, newClient, close };
}

type Dynalite = (options: { createTableMs: number; deleteTableMs: number }) => Server;
const dynalite = createRequire(import.meta.url)('dynalite') as Dynalite;

async function startEmbedded(): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}
