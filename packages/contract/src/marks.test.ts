import { expect, test } from 'vitest';
import { piecesWithCodes, withCodes, withoutReordering } from './marks.ts';

test.each([
  ['100\u202e001', String.raw`100\u202E001`],
  ['\u2066a\u2069', String.raw`\u2066a\u2069`],
  ['a\u200bb\u00ad\ufeffc', String.raw`a\u200Bb\u00AD\uFEFFc`],
  ['a\u{e0041}\u{e0100}', String.raw`a\u{E0041}\u{E0100}`],
  ['a\u3164\u115fb', String.raw`a\u3164\u115Fb`],
  ['1\u28002\u{1d159}\u{16fe4}\u16803\u200a', String.raw`1\u28002\u{1D159}\u{16FE4}\u16803\u200A`],
  ['a\u00a0 \u3000\u00a0 \u2003b', 'a\u00a0 \u3000\\u00A0 \\u2003b'],
  ['a\u2028b\u0085c\u001b[31m\r', String.raw`a\u2028b\u0085c\u001B[31m\u000D`],
  ['a\u200db\ud83d', String.raw`a\u200Db\uD83D`],
  ['a\n\n \n\n\t\nb\n', 'a\n\n \n\\u000A\t\\u000Ab\n'],
  ['😀\u200d\u202e\ufe0f', String.raw`😀\u200D\u202E\uFE0F`],
])('of %j each character that nobody would see is shown as a code: %s', (text, shown) => {
  expect(withCodes(text)).toBe(shown);
});

test('what can be seen stays as it is', () => {
  const text = 'Um\n\n\n\tzwei – 😀 👩‍👩‍👧 👍🏽 ❤️ שלום مرحبا 東京\u30001\u00a0000\u202f! ⠓⠊ e\u0301';
  expect(piecesWithCodes(text)).toEqual([text]);
  expect(withoutReordering(text)).toBe(text);
});

test('a code in a text is told apart from a text that looks like one', () => {
  expect(piecesWithCodes(String.raw`a\u202E` + '\u202eb')).toEqual([
    String.raw`a\u202E`,
    String.raw`\u202E`,
    'b',
  ]);
});

test('without the marks that reorder it a text keeps all others', () => {
  expect(withoutReordering('\u202a1\u202c\u2067ש\u2069\u200f\n')).toBe('1ש\u200f\n');
});
