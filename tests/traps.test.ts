import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checks } from '@parley/cdk/checks';
import { expect, test } from 'vitest';

const docs = join(import.meta.dirname, '../docs');
const text = await readFile(join(docs, 'traps.md'), 'utf8');

/** Rows of the table of traps, by number. */
const rows = text
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, number]) => /^T\d+$/.test(number ?? ''))
  .map(([, number = '', , check = '', ...proof]) => ({ number, check, proof: proof.join('|') }));

/** A file, by its path from docs/, and the title of a test in it. */
function proofsIn(proof: string): { path: string; title: string }[] {
  return [...proof.matchAll(/\]\(([^)]+)\) “([^”]+)”/g)].map(([, path = '', title = '']) => ({
    path,
    title,
  }));
}

test('every trap from T1 to T52 has its row, in order', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 52 }, (_, i) => `T${i + 1}`));
});

test.each(rows)(
  '$number has tests with the titles the list says, or says why none can be',
  async ({ proof }) => {
    const proofs = proofsIn(proof);
    expect(proofs.length > 0 || proof.startsWith('None '), 'neither a test nor a reason').toBe(true);
    for (const { path, title } of proofs) {
      const source = (await readFile(join(docs, path), 'utf8')).replaceAll(String.raw`\'`, "'");
      expect(source, path).toMatch(new RegExp(`(['"\`])${RegExp.escape(title)}\\1`, 'u'));
    }
  },
);

test('the checks of the list are those of a synth, no more and no fewer', () => {
  const listed = text
    .split('\n')
    .flatMap((line) => (/^\| (T\d+ |`)/.test(line) ? [...checkCell(line).matchAll(/`([a-z-]+)`/g)] : []))
    .map(([, name = '']) => name);
  expect([...new Set(listed)].toSorted()).toEqual(Object.keys(checks).toSorted());
});

/** The cell that names checks: the third of a trap's row, the first of the others'. */
function checkCell(line: string): string {
  const [, first = '', , third = ''] = line.split('|');
  return first.trim().startsWith('T') ? third : first;
}
