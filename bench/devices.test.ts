import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const bench = (...args: string[]) =>
  spawnSync(process.execPath, ['bench/devices.ts', ...args], { cwd: root, encoding: 'utf8' });

test('two devices at two processes see the same events, and how far behind the second is, is measured', () => {
  const { stdout, stderr } = bench('--runs', '2', '--words', '40', '--json');
  expect(stderr).toContain('2 runs');
  const spread = { events: expect.any(Number) as number, p95: expect.any(Number) as number };
  expect(JSON.parse(stdout)).toMatchObject({
    goalMs: 350,
    results: [{ runs: 2, far: spread, near: spread }],
  });
});

test('an option that makes no sense is named, with what it may be', () => {
  const { status, stderr } = bench('--runs', 'many');
  expect(status).toBe(2);
  expect(stderr).toContain('--runs has "many"; expected a whole number from 1 to 1000.');
});
