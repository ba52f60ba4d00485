import {
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { describeIssues, formatProblems } from '@parley/contract/issues';
import type { z } from 'zod';
import { UnreadableItemError } from '../errors.ts';
import { answered } from './faults.ts';
import { conditionExpression, updateExpression, type Change, type Condition } from './expressions.ts';

/** Where a store's data is. */
export interface TableOptions {
  client: DynamoDBClient;
  tableName: string;
}

export interface Key {
  pk: string;
  sk: string;
}

export type Item = Key & Record<string, unknown>;

/** Part of one partition: all of it, sort keys with a prefix, or from one to another, both included. */
export interface Range {
  pk: string;
  prefix?: string;
  between?: readonly [string, string];
  /** Sort key to continue after. */
  after?: string;
  descending?: boolean;
  /** Items per request. Default: as many as fit in 1 MB. */
  pageSize?: number;
  /** Requests at most. Default: until the range is read. */
  pagesMax?: number;
}

/** The calls both stores are made of. Every read is consistent and parsed. */
export interface TableIo {
  get<S extends z.ZodType>(key: Key, schema: S): Promise<z.output<S> | undefined>;
  /** False when the condition does not hold. */
  put(item: Item, condition?: Condition): Promise<boolean>;
  /** The item as it is afterwards; undefined when the condition does not hold. */
  update<S extends z.ZodType>(
    key: Key,
    change: Change,
    condition: Condition,
    schema: S,
  ): Promise<z.output<S> | undefined>;
  /** Items in key order, fetched page by page as the caller takes them. */
  query(range: Range): AsyncGenerator<Item>;
  parse<S extends z.ZodType>(item: Item, schema: S): z.output<S>;
}

export function createTableIo({ client, tableName }: TableOptions): TableIo {
  function parse<S extends z.ZodType>(item: Item, schema: S): z.output<S> {
    const parsed = schema.safeParse(item);
    if (parsed.success) return parsed.data;
    throw new UnreadableItemError(
      tableName,
      item,
      formatProblems(describeIssues(parsed.error, item)),
      parsed.error,
    );
  }
  return {
    parse,
    get: async (key, schema) => {
      if (!canStand(key)) return undefined;
      const { Item } = await answered(
        client.send(new GetItemCommand({ TableName: tableName, Key: marshall(key), ConsistentRead: true })),
      );
      return Item && parse(itemOf(Item), schema);
    },
    put: async (item, condition) => {
      const Item = marshall(
        Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)),
      );
      const input = { TableName: tableName, Item, ...(condition && onWire(conditionExpression(condition))) };
      return (await unlessRefused(client.send(new PutItemCommand(input)))) !== undefined;
    },
    update: async (key, change, condition, schema) => {
      if (!canStand(key)) return undefined;
      const expressions = onWire(updateExpression(change, condition));
      const input = {
        TableName: tableName,
        Key: marshall(key),
        ReturnValues: 'ALL_NEW' as const,
        ...expressions,
      };
      const answer = await unlessRefused(client.send(new UpdateItemCommand(input)));
      return answer && parse(itemOf(answer.Attributes ?? {}), schema);
    },
    query: (range) => queryPages({ client, tableName }, range),
  };
}

async function* queryPages({ client, tableName }: TableOptions, range: Range): AsyncGenerator<Item> {
  if (!canStand({ pk: range.pk, sk: range.after ?? '' })) return;
  let start = range.after ? marshall({ pk: range.pk, sk: range.after }) : undefined;
  let pagesLeft = range.pagesMax ?? Infinity;
  do {
    const command = new QueryCommand({
      TableName: tableName,
      ...onWire(keyCondition(range)),
      ConsistentRead: true,
      ScanIndexForward: !range.descending,
      Limit: range.pageSize,
      ExclusiveStartKey: start,
    });
    const page = await answered(client.send(command));
    for (const item of page.Items ?? []) yield itemOf(item);
    start = page.LastEvaluatedKey;
    pagesLeft -= 1;
  } while (start && pagesLeft > 0);
}

/**
 * DynamoDB refuses keys of more than 2,048 and 1,024 bytes, even to read: nothing stands there.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
function canStand({ pk, sk }: Key): boolean {
  return Buffer.byteLength(pk) <= 2_048 && Buffer.byteLength(sk) <= 1_024;
}

function keyCondition({ pk, prefix, between }: Range) {
  const values: Record<string, string> = { ':pk': pk };
  if (prefix !== undefined) {
    return {
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ...values, ':prefix': prefix },
    };
  }
  if (between) {
    return {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :low AND :high',
      ExpressionAttributeValues: { ...values, ':low': between[0], ':high': between[1] },
    };
  }
  return { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: values };
}

/** An expression with its values as DynamoDB types them. */
function onWire<E extends { ExpressionAttributeValues?: Record<string, unknown> }>(
  expression: E,
): Omit<E, 'ExpressionAttributeValues'> & { ExpressionAttributeValues?: Record<string, AttributeValue> } {
  const { ExpressionAttributeValues: values, ...rest } = expression;
  return { ...rest, ...(values && { ExpressionAttributeValues: marshall(values) }) };
}

function itemOf(attributes: Record<string, AttributeValue>): Item {
  return unmarshall(attributes) as Item;
}

async function unlessRefused<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await answered(call);
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined;
    throw error;
  }
}
