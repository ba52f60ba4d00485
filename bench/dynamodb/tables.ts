/**
 * DynamoDB's operations, as far as the stores use them, on tables in memory. That they do what DynamoDB does is tested
 * by the store's own tests, which run on any endpoint.
 */
import { change, holds, type Expressions, type StoredItem } from './expressions.ts';
import { Partition } from './partition.ts';

/** Of all operations together; each uses some. */
export interface TableRequest extends Expressions {
  TableName: string;
  Item: StoredItem;
  Key: StoredItem;
  UpdateExpression: string;
  ConditionExpression?: string;
  KeyConditionExpression: string;
  ScanIndexForward?: boolean;
  Limit?: number;
  ExclusiveStartKey?: StoredItem;
}

/** What DynamoDB refuses, by the name of its exception. */
export class Refusal extends Error {}

type Table = Map<string, Partition>;
const tables = new Map<string, Table>();

const operations: Record<string, (request: TableRequest) => object> = {
  CreateTable: ({ TableName }) => {
    tables.set(TableName, new Map());
    return { TableDescription: { TableName, TableStatus: 'ACTIVE' } };
  },
  DeleteTable: ({ TableName }) => {
    tables.delete(TableName);
    return { TableDescription: { TableName, TableStatus: 'DELETING' } };
  },
  GetItem: ({ TableName, Key }) => {
    const Item = partitionOf(TableName, Key).get(textAt(Key, 'sk'));
    return Item ? { Item } : {};
  },
  PutItem: (request) => {
    partitionFor(request, request.Item).set(textAt(request.Item, 'sk'), request.Item);
    return {};
  },
  UpdateItem: (request) => {
    const { Key } = request;
    const partition = partitionFor(request, Key);
    const Attributes = change(partition.get(textAt(Key, 'sk')) ?? Key, request.UpdateExpression, request);
    partition.set(textAt(Key, 'sk'), Attributes);
    return { Attributes };
  },
  DeleteItem: (request) => {
    partitionFor(request, request.Key).delete(textAt(request.Key, 'sk'));
    return {};
  },
  Query: (request) => {
    const {
      ExpressionAttributeValues: values = {},
      KeyConditionExpression: key,
      ExclusiveStartKey,
    } = request;
    const within = (name: string) => textAt(values, name);
    const low = key.includes(':prefix') ? within(':prefix') : key.includes(':low') ? within(':low') : '';
    const high = key.includes(':high') ? within(':high') : `${low}\u{10FFFF}`;
    return partitionOf(request.TableName, { pk: values[':pk']! }).page({
      low,
      high,
      isDescending: request.ScanIndexForward === false,
      after: ExclusiveStartKey && textAt(ExclusiveStartKey, 'sk'),
      limit: request.Limit,
    });
  },
};

/**
 * Does an operation, such as `PutItem`.
 * @throws Refusal
 */
export function perform(operation: string, request: TableRequest): object {
  const operate = operations[operation];
  if (!operate) throw new Refusal('UnknownOperationException');
  return operate(request);
}

function partitionOf(tableName: string, key: StoredItem): Partition {
  const table = tables.get(tableName);
  if (!table) throw new Refusal('ResourceNotFoundException');
  const pk = textAt(key, 'pk');
  const partition = table.get(pk) ?? new Partition();
  table.set(pk, partition);
  return partition;
}

/** The same, when the condition of a write holds. */
function partitionFor(request: TableRequest, key: StoredItem): Partition {
  const partition = partitionOf(request.TableName, key);
  const standing = partition.get(textAt(key, 'sk')) ?? {};
  if (!holds(standing, request.ConditionExpression ?? '', request))
    throw new Refusal('ConditionalCheckFailedException');
  return partition;
}

function textAt(item: StoredItem, name: string): string {
  const { S } = (item[name] ?? {}) as { S?: string };
  return S ?? '';
}
