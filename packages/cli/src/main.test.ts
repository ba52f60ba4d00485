import { execa } from 'execa';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');

async function parley(args: readonly string[], env: Record<string, string> = {}) {
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    [join(import.meta.dirname, 'main.ts'), ...args],
    { cwd: root, reject: false, env },
  );
  return { exitCode, stdout, stderr };
}

test('--version is that of the root', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(await parley(['--version'])).toEqual({ exitCode: 0, stdout: version, stderr: '' });
});

test.each([[['plan', '--nope']], [['stage', 'list', '--nope']], [['nope']]])(
  'a mistake in %j hints at --help',
  async (args) => {
    const { exitCode, stderr } = await parley(args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('--help lists what there is');
  },
);

test.each([[['deploy']], [['logs']], [['stage', 'list']]])(
  'the help of %j has no value of the program in it',
  async (args) => {
    const { stdout } = await parley([...args, '--help']);
    expect(stdout).not.toMatch(/default: (\{|\[|\d{4,})/);
  },
);

test('PARLEY_STAGE is that of turbo’s tasks: a person’s deploy goes where plan looked', async () => {
  const env = { PARLEY_STAGE: 'Not A Stage' };
  expect((await parley(['deploy', 'nope', '--dry-run'], env)).stderr).toContain('No stack is called "nope"');
  const { exitCode, stderr } = await parley(['deploy', 'nope', '--synthesized', '--dry-run'], env);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^parley: PARLEY_STAGE: expected .*got "Not A Stage"/m);
  expect((await parley(['deploy', '--help'])).stdout).toMatch(/--synthesized\s[^-]*PARLEY_STAGE/);
});

test('stages cannot be listed without credentials: what to do is said', async () => {
  const env = {
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_PROFILE: '',
  };
  for (const args of [
    ['stage', 'list'],
    ['stage', 'delete', 'x'],
  ]) {
    const { exitCode, stderr } = await parley(args, env);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^parley: .*credentials.*\n {2}\S.*(aws sso login|AWS_PROFILE)/m);
  }
});
