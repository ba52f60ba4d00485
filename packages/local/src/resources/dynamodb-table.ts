import { setTimeout as wait } from 'node:timers/promises';
import type { DynamoDb } from '../aws/dynamodb-api.ts';
import { AwsError } from '../errors.ts';
import {
  type Json,
  type JsonObject,
  canonicalJson,
  listAt,
  objectAt,
  sameJson,
  textAt,
} from '../template/values.ts';
import type { ResourceHandler, ResourceRequest, ResourceResult } from './handler.ts';
import { arn, generatedName } from './physical-names.ts';

// The embedded database enforces no throughput, and can add indexes to tables of this mode only.
const throughput = { ReadCapacityUnits: 1000, WriteCapacityUnits: 1000 };

/** `AWS::DynamoDB::Table`. Another key replaces the table; indexes come and go in place. */
export function dynamodbTable(dynamodb: DynamoDb): ResourceHandler {
  return {
    create: (request) => ensureTable(dynamodb, request),
    async update(request, before) {
      const result = await ensureTable(dynamodb, request);
      if (result.physicalId === before.physicalId) await changeIndexes(dynamodb, request, before.properties);
      return result;
    },
    async remove(_request, { physicalId }) {
      if (physicalId === '') return;
      await ignoring('ResourceNotFoundException', dynamodb.call('DeleteTable', { TableName: physicalId }));
      while (await describe(dynamodb, physicalId)) await wait(5);
    },
  };
}

async function ensureTable(dynamodb: DynamoDb, request: ResourceRequest): Promise<ResourceResult> {
  const { properties } = request;
  const keys = { keys: properties['KeySchema'] ?? [], local: properties['LocalSecondaryIndexes'] ?? [] };
  const name = textAt(properties, 'TableName') ?? generatedName(request, canonicalJson(keys));
  const adopted = (await describe(dynamodb, name)) !== undefined;
  if (!adopted) await dynamodb.call('CreateTable', tableInput(name, properties));
  await whenActive(dynamodb, name);
  return { physicalId: name, attributes: { Arn: arn('dynamodb', request, `table/${name}`) }, adopted };
}

function tableInput(name: string, properties: JsonObject): JsonObject {
  const global = listAt(properties, 'GlobalSecondaryIndexes').map(indexInput);
  const local = listAt(properties, 'LocalSecondaryIndexes');
  return {
    TableName: name,
    KeySchema: properties['KeySchema'] ?? [],
    AttributeDefinitions: properties['AttributeDefinitions'] ?? [],
    ProvisionedThroughput: throughput,
    ...(global.length > 0 ? { GlobalSecondaryIndexes: global } : {}),
    ...(local.length > 0 ? { LocalSecondaryIndexes: local } : {}),
  };
}

function indexInput(index: Json): JsonObject {
  return {
    IndexName: textAt(index, 'IndexName') ?? '',
    KeySchema: listAt(index, 'KeySchema'),
    Projection: objectAt(index, 'Projection'),
    ProvisionedThroughput: throughput,
  };
}

async function changeIndexes(
  dynamodb: DynamoDb,
  request: ResourceRequest,
  before: JsonObject,
): Promise<void> {
  const old = indexesByName(before);
  const wanted = indexesByName(request.properties);
  const { physicalId } = await ensureTable(dynamodb, request);
  const change = async (update: JsonObject): Promise<void> => {
    await dynamodb.call('UpdateTable', {
      TableName: physicalId,
      AttributeDefinitions: request.properties['AttributeDefinitions'] ?? [],
      GlobalSecondaryIndexUpdates: [update],
    });
    await whenActive(dynamodb, physicalId);
  };
  for (const [name, index] of old) {
    if (!sameJson(index, wanted.get(name))) await change({ Delete: { IndexName: name } });
  }
  for (const [name, index] of wanted) {
    if (!sameJson(index, old.get(name))) await change({ Create: index });
  }
}

function indexesByName(properties: JsonObject): Map<string, JsonObject> {
  const indexes = listAt(properties, 'GlobalSecondaryIndexes').map(indexInput);
  return new Map(indexes.map((index) => [textAt(index, 'IndexName') ?? '', index]));
}

async function whenActive(dynamodb: DynamoDb, name: string): Promise<void> {
  for (;;) {
    const table = await describe(dynamodb, name);
    const indexes = listAt(table, 'GlobalSecondaryIndexes').map((index) => textAt(index, 'IndexStatus'));
    const busy = [textAt(table, 'TableStatus'), ...indexes].some((status) => status !== 'ACTIVE');
    if (!busy) return;
    await wait(5);
  }
}

async function describe(dynamodb: DynamoDb, name: string): Promise<JsonObject | undefined> {
  const answer = await ignoring(
    'ResourceNotFoundException',
    dynamodb.call('DescribeTable', { TableName: name }),
  );
  return answer === undefined ? undefined : objectAt(answer as Json, 'Table');
}

async function ignoring(code: string, call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof AwsError && error.code === code) return undefined;
    throw error;
  }
}
