import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createStoreClient } from '../client.ts';
import { createTableInput } from '../tables.ts';

/** An embedded DynamoDB in memory that holds both tables, empty. */
export interface TestTables {
  client: DynamoDBDocumentClient;
  catalogTable: string;
  conversationsTable: string;
  /** For `AWS_ENDPOINT_URL_DYNAMODB` of a process under test. */
  endpoint: string;
  /** Another client of the same tables, for a test that puts faults in its way. */
  newClient(): DynamoDBDocumentClient;
  close(): Promise<void>;
}

type Dynalite = (options: { createTableMs: number; deleteTableMs: number }) => Server;
const dynalite = createRequire(import.meta.url)('dynalite') as Dynalite;

/** Starts it on a free port of 127.0.0.1. Close it in `afterAll`. */
export async function startTestTables(): Promise<TestTables> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients: DynamoDBDocumentClient[] = [];
  const newClient = (): DynamoDBDocumentClient => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = createStoreClient({ endpoint, region: 'us-east-1', credentials });
    clients.push(client);
    return client;
  };
  const client = newClient();
  const [catalogTable, conversationsTable] = ['catalog', 'conversations'] as const;
  for (const name of [catalogTable, conversationsTable]) {
    await client.send(new CreateTableCommand(createTableInput(name)));
  }
  const close = async (): Promise<void> => {
    for (const each of clients) each.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { client, catalogTable, conversationsTable, endpoint, newClient, close };
}
