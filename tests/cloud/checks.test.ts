import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createChecks } from './checks.ts';

test('checks after a failed one are counted as not run, and the failure is told', async () => {
  const lines: string[] = [];
  const checks = createChecks((line) => lines.push(stripVTControlCharacters(line)));
  expect(await checks.check('one', async () => 1)).toBe(1);
  await checks.check('two', async () => {
    throw new Error('no such stack');
  });
  await checks.check('three', async () => {
    throw new Error('must not run');
  });
  expect({ ...checks }).toMatchObject({ passed: 1, failed: 1, skipped: 1 });
  expect(lines.map((line) => line.split(' (')[0]?.split('\n')[0])).toEqual([
    '✓ one',
    '✗ two',
    '    Error: no such stack',
    '- three',
  ]);
});
