import { expect, test } from 'vitest';
import { kindOf, saidType, sizeText } from './file-type.ts';

test.each([
  ['photo.PNG', '', 'image/png'],
  ['photo', 'image/jpeg', 'image/jpeg'],
  ['paper.pdf', 'application/octet-stream', 'application/pdf'],
  ['notes.md', '', 'text/markdown'],
  ['table.csv', 'application/vnd.ms-excel', 'text/csv'],
  ['code.ts', 'video/mp2t', 'text/plain'],
  ['Makefile', '', 'text/plain'],
  ['page.html', 'text/html', 'text/plain'],
  ['drawing.svg', 'image/svg+xml', 'text/plain'],
  ['data', 'Application/JSON; charset=utf-8', 'application/json'],
  ['film.mp4', 'video/mp4', undefined],
  ['archive.zip', 'application/zip', undefined],
  ['picture.heic', 'image/heic', undefined],
  ['constructor', 'constructor', undefined],
])('%s of type "%s" is said to be %s', (name, type, expected) => {
  expect(saidType(name, type)).toBe(expected);
});

test('no page or drawing that could run something counts as an image', () => {
  for (const [name, type] of [
    ['x.svg', 'image/svg+xml'],
    ['x.html', 'text/html'],
    ['x.xhtml', 'application/xhtml+xml'],
  ] as const)
    expect(kindOf(saidType(name, type) ?? '')).not.toBe('image');
});

test('sizes are told in words', () => {
  expect([1, 999, 1_000, 12_345, 999_499, 999_500, 3_750_000, 10_000_000].map(sizeText)).toEqual([
    '1 byte',
    '999 bytes',
    '1 KB',
    '12 KB',
    '999 KB',
    '1 MB',
    '3.8 MB',
    '10 MB',
  ]);
});
