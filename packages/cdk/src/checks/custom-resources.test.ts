import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

const custom = (timeout: string) => `add('Seed', 'Custom::Seed', { ServiceToken: 'arn' ${timeout} });`;

test.each([
  ['', 'it has no ServiceTimeout, which means an hour'],
  [`, ServiceTimeout: '3600'`, 'its ServiceTimeout is 3600 s'],
])('a custom resource that may hang is refused: %s (T46)', async (timeout, found) => {
  expect(await problemsOf(custom(timeout))).toEqual([
    `stack.ts: Seed (Seed): ${found}; expected at most 300 s: set serviceTimeout (or override the property ServiceTimeout) to a little more than its function's timeout [custom-resource-timeouts]`,
  ]);
});

test('a custom resource that waits a minute is accepted', async () => {
  expect(await problemsOf(custom(`, ServiceTimeout: '60'`))).toEqual([]);
});
