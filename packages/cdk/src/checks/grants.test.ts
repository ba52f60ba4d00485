import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

/** A function with these variables, whose role has these statements. */
const lambda = (variables: string, statements: string) => `
  const role = add('Role', 'AWS::IAM::Role', {});
  add('Policy', 'AWS::IAM::Policy', { Roles: [ref(role)], PolicyDocument: { Statement: ${statements} } });
  add('Look', 'AWS::Lambda::Function', {
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] }, Environment: { Variables: ${variables} },
  });`;
const table = `const table = add('Table', 'AWS::DynamoDB::Table', { GlobalSecondaryIndexes: [{ IndexName: 'by-day' }] });`;
const arn = (rest = '') => `{ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Table', 'Arn'] }, '${rest}']] }`;
const allow = (actions: string, ...resources: string[]) =>
  `[{ Effect: 'Allow', Action: ${actions}, Resource: [${resources.join()}] }]`;

test('a variable with a table of the stack that the role may not use is refused (T15)', async () => {
  const other = allow(`'s3:GetObject'`, `'arn:aws:s3:::other/*'`);
  expect(await problemsOf(table + lambda('{ WHERE: ref(table) }', other))).toEqual([
    'stack.ts: Look (Look): WHERE names {Table}, and the role may not use it; expected a permission for what the environment names: give both in one call: allow({ environment, actions, resources }) [environment-grants]',
  ]);
  const granted = allow(`'dynamodb:GetItem'`, arn());
  expect(await problemsOf(table + lambda('{ WHERE: ref(table) }', granted))).toEqual([]);
});

test('so is one with a table of another stack, known by what the variable is called (T15)', async () => {
  const read = `const name = readParameter(stack, '/parley-dev/orders/table');`;
  const other = allow(`'dynamodb:GetItem'`, `'arn:aws:dynamodb:us-east-1:111122223333:table/other'`);
  const [problem, ...more] = await problemsOf(read + lambda('{ ORDERS_TABLE: name }', other));
  expect(problem).toMatch(/ORDERS_TABLE names \{OrdersTableParameter\}, and the role may not use it/);
  expect(more).toEqual([]);
  const granted = allow(
    `'dynamodb:GetItem'`,
    `Fn.join('', ['arn:aws:dynamodb:us-east-1:111122223333:table/', name])`,
  );
  expect(await problemsOf(read + lambda('{ ORDERS_TABLE: name }', granted))).toEqual([]);
  expect(await problemsOf(lambda(`{ ORDERS_TABLE: 'other' }`, other))).toEqual([]);
});

test('a task is checked as a function is (T15)', async () => {
  const task = `
    add('Role', 'AWS::IAM::Role', {});
    add('Task', 'AWS::ECS::TaskDefinition', {
      RuntimePlatform: { CpuArchitecture: 'ARM64' }, TaskRoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
      ContainerDefinitions: [{ Image: 'x@sha256:1', Environment: [{ Name: 'WHERE', Value: ref(table) }] }],
    });`;
  expect(await problemsOf(table + task)).toEqual([
    expect.stringMatching(/^stack\.ts: Task \(Task\): WHERE names \{Table\}, .* \[environment-grants\]$/),
  ]);
});

test('a role that may query a table and not its index is refused (T16)', async () => {
  expect(await problemsOf(table + lambda('{}', allow(`'dynamodb:Query'`, arn())))).toEqual([
    'stack.ts: Look (Look): its role may query Table and not the index; expected a permission for the ARN of the table followed by "/index/*": add that ARN to the resources of the grant [index-grants]',
  ]);
  const both = allow(`'dynamodb:Query'`, arn(), arn('/index/*'));
  expect(await problemsOf(table + lambda('{}', both))).toEqual([]);
});

test('so is one whose environment names an index of another stack (T16)', async () => {
  const query = allow(`'dynamodb:Query'`, `'arn:aws:dynamodb:us-east-1:111122223333:table/orders'`);
  expect(await problemsOf(lambda(`{ ORDERS_INDEX: 'by-day' }`, query))).toEqual([
    'stack.ts: Look (Look): its role may query the table of the index in ORDERS_INDEX and not the index; expected a permission for the ARN of the table followed by "/index/*": add that ARN to the resources of the grant [index-grants]',
  ]);
});
