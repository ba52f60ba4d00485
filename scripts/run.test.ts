import { execa } from 'execa';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const run = join(import.meta.dirname, 'run.mjs');
const program = 'scripts/testing/wait-for-signal.ts';

test('a program runs on the Node of the workspace, with its arguments, and gets the signals', async () => {
  const child = execa(process.execPath, [run, program, 'two', 'words']);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGTERM');
  expect((await child).stdout.split('\n')).toEqual(['runs on Node 24 with two words', 'ended by SIGTERM']);
});

test('what a package runner started ends in order when the runner is killed', async () => {
  const script = `"${process.execPath}" "${run}" ${program} & wait`;
  const runner = execa('sh', ['-c', script], { env: { npm_lifecycle_event: 'start' }, reject: false });
  await new Promise((resolve) => runner.stdout.once('data', resolve));
  runner.kill('SIGKILL');
  expect((await runner).stdout).toContain('ended by SIGTERM'); // its output is open as long as the program runs
});

test('without a program it says how it is used', async () => {
  const { exitCode, stderr } = await execa(process.execPath, [run], { reject: false });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('usage: node scripts/run.mjs <file.ts> [argument…]');
});
