import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

function bench(...args: string[]) {
  return spawnSync(process.execPath, ['bench/faults.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
}

test('nothing is lost, doubled or altered, whatever befalls three processes, their clients and their table', () => {
  const { stdout, stderr, status } = bench('--streams', '200', '--concurrency', '100', '--json');
  expect(stderr).toContain('seed ');
  const { faulty, chaos, table, counts } = JSON.parse(stdout) as Record<string, Record<string, unknown>>;
  expect(faulty!['violations'], stderr).toEqual([]);
  expect(counts).toEqual(Object.fromEntries(Object.keys(counts!).map((kind) => [kind, 0])));
  expect(status).toBe(0);
  // The faults did happen.
  for (const count of [chaos!['kills'], chaos!['longPauses'], ...Object.values(table!)])
    expect(count).toBeGreaterThan(0);
  const { cut, broken } = faulty!['endings'] as Record<string, number>;
  const { finished, interrupted, stopped } = faulty!['seals'] as Record<string, number>;
  for (const count of [cut, broken, finished, interrupted, stopped]) expect(count).toBeGreaterThan(0);
});

test('an option that makes no sense is named, with what it may be', () => {
  const { status, stderr } = bench('--streams', 'many');
  expect(status).toBe(2);
  expect(stderr).toContain('--streams has "many"; expected a whole number from 1 to 100000');
  expect(bench('--help').stdout).toContain('usage: node scripts/run.mjs bench/faults.ts');
});
