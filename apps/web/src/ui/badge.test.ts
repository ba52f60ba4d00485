import { expect, test } from 'vitest';
import { badgeOf } from './badge.ts';

test.each([
  ['⛅', '⛅', false],
  ['👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦', false],
  ['✍️📚', '✍️', false],
  ['A', 'A', false],
  ['HR', 'HR', true],
  ['Human Resources!', 'Hum', true],
  ['é́a', 'é́a', true],
])('of the icon %s, %s fits', (icon, text, isWord) => {
  expect(badgeOf(icon)).toEqual({ text, isWord });
});
