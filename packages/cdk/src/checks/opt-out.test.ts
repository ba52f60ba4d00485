import { expect, test } from 'vitest';
import { problemsOf, templateOf } from '../testing/stack-problems.ts';

const table = `const orders = add('Orders', 'AWS::DynamoDB::Table', { TableName: stack.prefix + '-orders' });`;

test('a check is turned off for one resource, with a reason that stands in the template', async () => {
  const body = `${table} optOut(orders, 'stateful-names', { optOutReason: 'The reports read it by this name.' });`;
  expect(await templateOf(body)).toMatchObject({
    Resources: {
      Orders: { Metadata: { 'parley:checks': { 'stateful-names': 'The reports read it by this name.' } } },
    },
  });
});

test('it stays on for every other resource, and so does every other check', async () => {
  const body = `${table}
    optOut(orders, 'stage-in-names', { optOutReason: 'Another check.' });
    const other = add('Other', 'AWS::S3::Bucket');
    optOut(other, 'stateful-names', { optOutReason: 'Another resource.' });`;
  expect(await problemsOf(body)).toEqual([expect.stringMatching(/^stack\.ts: Orders .*\[stateful-names\]$/)]);
});

test.each([
  [
    `optOut(orders, 'stateful-names', { optOutReason: ' ' })`,
    /"stateful-names" is turned off without a reason/,
  ],
  [
    `optOut(orders, 'names', { optOutReason: 'x' })`,
    /there is no check "names"; expected one of alarm-actions, /,
  ],
  [
    `optOut(stack, 'stateful-names', { optOutReason: 'x' })`,
    /turned off for what is no resource; pass the one/,
  ],
])('%s is refused', async (call, message) => {
  expect(await problemsOf(`${table} ${call};`)).toContainEqual(expect.stringMatching(message));
});
