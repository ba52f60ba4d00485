import { startUploadBody } from '@parley/contract/attachment';
import { expect, test } from 'vitest';
import { underPlainName } from './file-name.ts';

test.each([
  ['a\u202egnp.txt', 'agnp.txt'],
  ['two\nlines.md', 'two lines.md'],
  ['half\ud83d.md', 'half\ufffd.md'],
  ['\u202e', 'file'],
  [`${'L'.repeat(300)}.md`, `${'L'.repeat(196)}….md`],
  ['😀'.repeat(150), `${'😀'.repeat(99)}…`],
])('a file that is called %j is sent as %j, which the service takes', async (name, sent) => {
  const file = underPlainName(new File(['# Trip'], name, { type: 'text/markdown', lastModified: 7 }));
  expect(file).toMatchObject({ name: sent, type: 'text/markdown', lastModified: 7 });
  expect(await file.text()).toBe('# Trip');
  expect(startUploadBody.parse({ name: file.name, bytes: 6, type: '' }).name).toBe(sent);
});

test('any other file stays as it is', () => {
  const file = new File(['1'], 'Été – 東京 👩‍👧.csv');
  expect(underPlainName(file)).toBe(file);
});
