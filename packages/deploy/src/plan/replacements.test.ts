import type { Json, JsonObject } from '@parley/assembly/values';
import { expect, test } from 'vitest';
import { account, usePlannedWorkspace, workspace } from '../testing/planned-tests.ts';
import { sampleStacks, vpcPath } from '../testing/planned-workspace.ts';

usePlannedWorkspace();

function table(key: string, indexes: string[] = [], more: JsonObject = {}): JsonObject {
  return {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
      GlobalSecondaryIndexes: indexes.map((IndexName) => ({
        IndexName,
        KeySchema: [{ AttributeName: IndexName, KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      })),
    },
    ...more,
  };
}

/** What a deploy of the second resources over the first would lose. */
async function lost(before: Record<string, Json>, now: Record<string, Json>) {
  const stacks = (resources: Record<string, Json>) => {
    const { foundation, app } = sampleStacks();
    return { foundation, app: { ...app, Resources: { ...app.Resources, ...resources } } };
  };
  await workspace.deploy(stacks(before));
  return (await workspace.plan(stacks(now))).stacks.find(({ stack }) => stack === 'app')!.replacements;
}

test('T25: a create-only property of a table that changes is a replacement', async () => {
  expect(await lost({ Table: table('id') }, { Table: table('key') })).toEqual([
    {
      logicalId: 'Table',
      type: 'AWS::DynamoDB::Table',
      effect: 'replaced',
      why: 'KeySchema changed, which CloudFormation cannot do in place',
    },
  ]);
});

test('data that would no longer outlive their stack are told, and the other way round is none', async () => {
  const kept = table('id', [], { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  const deleted = table('id', [], { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  expect(await lost({ Table: kept }, { Table: deleted })).toEqual([
    {
      logicalId: 'Table',
      type: 'AWS::DynamoDB::Table',
      effect: 'unprotected',
      why: 'it outlives its stack now (DeletionPolicy Retain), and would go with it from then on',
    },
  ]);
  expect(await lost({ Table: deleted }, { Table: kept })).toEqual([]);
});

test('T8: a table under another logical id is removed, or left behind where it is retained', async () => {
  expect(await lost({ Table: table('id') }, { Moved: table('id') })).toEqual([
    {
      logicalId: 'Table',
      type: 'AWS::DynamoDB::Table',
      effect: 'removed',
      why: 'the template has it no more',
    },
  ]);
  expect(await lost({ Table: table('id', [], { DeletionPolicy: 'Retain' }) }, {})).toMatchObject([
    { logicalId: 'Table', effect: 'left behind' },
  ]);
});

test('T26: two indexes in one update are refused, one is not', async () => {
  expect(await lost({ Table: table('id', ['a']) }, { Table: table('id', ['b', 'c']) })).toEqual([
    {
      logicalId: 'Table',
      type: 'AWS::DynamoDB::Table',
      effect: 'refused',
      why: 'the indexes a and b and c come or go in one update; DynamoDB takes one at a time: deploy after each',
    },
  ]);
  expect(await lost({ Table: table('id', ['a']) }, { Table: table('id', ['a', 'b']) })).toEqual([]);
});

test('a changed value of another stack counts where it is in a create-only property', async () => {
  const Bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: { Ref: 'VpcId' } } };
  await lost({ Bucket }, { Bucket });
  account.parameters.set(vpcPath, 'vpc-2');
  const { foundation, app } = sampleStacks();
  const stacks = { foundation, app: { ...app, Resources: { ...app.Resources, Bucket } } };
  const planned = (await workspace.plan(stacks)).stacks.find(({ stack }) => stack === 'app');
  expect(planned?.replacements).toMatchObject([{ logicalId: 'Bucket', effect: 'replaced' }]);
});

test('what holds nothing of people’s may come and go, and a changed table that stays is none', async () => {
  const role = (name: string) => ({ Type: 'AWS::IAM::Role', Properties: { RoleName: name } });
  expect(await lost({ Role: role('a'), Gone: role('b') }, { Role: role('c') })).toEqual([]);
  const changed = table('id', [], { DeletionPolicy: 'Retain' });
  expect(await lost({ Table: table('id') }, { Table: changed })).toEqual([]);
});
