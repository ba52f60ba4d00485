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
} from '@parley/assembly/values';
import type { ResourceHandler, ResourceRequest, ResourceResult } from './handler.ts';
import { arn, generatedName } from './physical-names.ts';

// The embedded database enforces no throughput, but wants some for tables of its simplest kind.
const throughput = { ReadCapacityUnits: 1000, WriteCapacityUnits: 1000 };
const batchSize = 25;

/**
 * `AWS::DynamoDB::Table`. The embedded database cannot change the indexes of a table: other indexes make another
 * table, into which the items are copied. Another key makes an empty one, as on AWS.
 */
export function dynamodbTable(dynamodb: DynamoDb): ResourceHandler {
  return {
    create: (request) => ensureTable(dynamodb, request),
    async update(request, before) {
      const result = await ensureTable(dynamodb, request);
      const sameKey = sameJson(request.properties['KeySchema'], before.properties['KeySchema']);
      if (result.physicalId !== before.physicalId && sameKey) {
        await copyItems(dynamodb, before.physicalId, result.physicalId);
      }
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
  const identity = canonicalJson(tableInput('', properties));
  const name = textAt(properties, 'TableName') ?? generatedName(request, identity);
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

async function copyItems(dynamodb: DynamoDb, from: string, to: string): Promise<void> {
  if (!(await describe(dynamodb, from))) return;
  let start: Json | undefined;
  do {
    const page = (await dynamodb.call('Scan', {
      TableName: from,
      ConsistentRead: true,
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    })) as JsonObject;
    const puts = listAt(page, 'Items').map((Item) => ({ PutRequest: { Item } }));
    for (let first = 0; first < puts.length; first += batchSize) {
      await dynamodb.call('BatchWriteItem', { RequestItems: { [to]: puts.slice(first, first + batchSize) } });
    }
    start = page['LastEvaluatedKey'];
  } while (start !== undefined);
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
