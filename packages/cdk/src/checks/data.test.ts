import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

test('data that goes with its stack is refused in a stage that keeps its data (T8)', async () => {
  const body = `add('Orders', 'AWS::DynamoDB::Table').cfnOptions.deletionPolicy = 'RetainExceptOnCreate';`;
  expect(await problemsOf(body, { stage: 'prod' })).toEqual([
    'stack.ts: Orders (Orders): AWS::DynamoDB::Table has the UpdateReplacePolicy "Delete" in a stage that keeps its data; expected "Retain" or "Snapshot": pass removalPolicy: dataRemovalPolicy(stack) (@parley/cdk/retention) [kept-data]',
  ]);
  expect(await problemsOf(body)).toEqual([]);
});
