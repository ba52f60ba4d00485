import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

test('a name without the prefix of the stage is refused (T6)', async () => {
  expect(await problemsOf(`add('Jobs', 'AWS::SQS::Queue', { QueueName: 'jobs' });`)).toEqual([
    'stack.ts: Jobs (Jobs): QueueName is "jobs"; expected a name that holds the stage\'s prefix "parley-dev": begin it with stack.prefix, or leave it out and let CloudFormation choose [stage-in-names]',
  ]);
});

test.each([
  ['with the account in it', `{ 'Fn::Join': ['-', ['jobs', { Ref: 'AWS::AccountId' }]] }`],
  ['of a stage whose name begins alike', `'parley-development-jobs'`],
])('a name %s is not that of one stage (T6)', async (_, name) => {
  expect(await problemsOf(`add('Jobs', 'AWS::SQS::Queue', { QueueName: ${name} });`)).toHaveLength(1);
});

test.each([
  ['with the prefix', `stack.prefix + '-jobs'`],
  ['below the prefix', `'/lambda/' + stack.prefix + '/jobs'`],
  ["of the stack's name", `{ 'Fn::Sub': '\${AWS::StackName}-jobs' }`],
  ['of another resource', `ref(add('Other', 'AWS::SNS::Topic'))`],
])('a name %s is accepted', async (_, name) => {
  expect(await problemsOf(`add('Group', 'AWS::Logs::LogGroup', { LogGroupName: ${name} });`)).toEqual([]);
});

test('data under a fixed name is refused, since it could not be replaced (T8, T25)', async () => {
  expect(
    await problemsOf(`add('Orders', 'AWS::DynamoDB::Table', { TableName: stack.prefix + '-orders' });`),
  ).toEqual([
    'stack.ts: Orders (Orders): AWS::DynamoDB::Table has TableName "parley-dev-orders"; expected no physical name on what holds data: leave it out, and pass the generated name on by reference or SSM parameter [stateful-names]',
  ]);
});

test('a generated name in a create-only property is refused (T25)', async () => {
  const body = `add('Jobs', 'AWS::SQS::Queue', { QueueName: 'parleydevsampleJobs1A2B3C4D' });`;
  expect(await problemsOf(body)).toEqual([
    'stack.ts: Jobs (Jobs): QueueName is the generated name "parleydevsampleJobs1A2B3C4D", and changing it replaces the resource; expected a name that does not depend on where the construct stands: spell the name out below the prefix, or leave it out [generated-names]',
  ]);
});
