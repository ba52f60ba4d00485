import { messageFilesMax } from '@parley/contract/file-type';
import { expect, test } from 'vitest';
import { refusedFile, thatFit } from './file-check.ts';

const file = (name: string, type: string, size: number) => ({ name, type, size });

test.each([
  [file('a.png', 'image/png', 3_750_001), /an image may have 3.8 MB/],
  [file('a.mov', 'video/quicktime', 10), /called “video\/quicktime”\. Attach a PNG/],
  [file('a.txt', 'text/plain', 0), /empty/],
])('%o is refused before it is sent: %s', (wanted, because) => {
  expect(refusedFile(wanted)).toMatch(because);
});

test.each([file('a.png', 'image/png', 3_750_000), file('a.ts', 'video/mp2t', 10)])('%o is sent', (wanted) => {
  expect(refusedFile(wanted)).toBeUndefined();
});

test('files fit up to a number and up to a size, those that are there counted', () => {
  const some = Array.from({ length: messageFilesMax }, (_, i) => file(`${i}.txt`, '', 1));
  expect(thatFit([], some)).toEqual({ fitting: some });
  expect(thatFit([{ bytes: 1 }], some)).toMatchObject({
    fitting: some.slice(0, -1),
    problem: expect.stringContaining('“4.txt” was left out'),
  });
  expect(thatFit([{ bytes: 9_000_000 }], [file('b.pdf', '', 1_000_001)])).toMatchObject({
    fitting: [],
    problem: expect.stringContaining('at most 10 MB together'),
  });
});
