import { startRunBody } from '@parley/contract/run';
import { expect, test } from 'vitest';
import { textCharsMax, tooLong } from './text-limit.ts';

test('a message is too long here when it is too long for the contract, and it is said by how much', () => {
  for (const text of [
    'a'.repeat(textCharsMax),
    ` ${'a'.repeat(textCharsMax)} `,
    'a'.repeat(textCharsMax + 1),
  ]) {
    const isTaken = startRunBody.safeParse({ parentId: null, text }).success;
    expect(tooLong(text) === undefined).toBe(isTaken);
  }
  expect(tooLong('a'.repeat(textCharsMax + 1234))).toMatch(/^Too long by 1,234 characters/);
});
