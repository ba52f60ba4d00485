import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changedFiles } from './changed-files.ts';
import { readCheckout } from './checkout.ts';

let folder: string;
let root: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley git '));
  root = join(folder, 'origin');
  await mkdir(root);
  await git('init', '-q', '-b', 'main');
  await write('a.md', 'a');
  await write('b.md', 'b');
});
afterEach(() => rm(folder, { recursive: true }));

async function git(...args: string[]): Promise<string> {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  return (await execa('git', [...identity, ...args], { cwd: root })).stdout;
}
const write = (file: string, text: string) => writeFile(join(root, file), text);
async function commit(): Promise<string> {
  await git('add', '-A');
  await git('commit', '-q', '--no-gpg-sign', '-m', 'A commit');
  return git('rev-parse', 'HEAD');
}
/** Goes on in a clone of the last commit alone. */
async function cloneShallow(): Promise<void> {
  await git('clone', '-q', '--depth', '1', '--no-single-branch', `file://${root}`, join(folder, 'clone'));
  root = join(folder, 'clone');
}

test('changed files are those committed since, those not committed, and both names of a renamed one', async () => {
  const deployed = await commit();
  await write('a.md', 'changed and committed');
  await rename(join(root, 'b.md'), join(root, 'renamed.md'));
  await commit();
  await write('new file.md', '');
  expect(await changedFiles(root, deployed)).toEqual({
    files: ['a.md', 'b.md', 'new file.md', 'renamed.md'],
  });
});

test('a shallow clone says that it is one, and what to do', async () => {
  const deployed = await commit();
  await write('a.md', 'x');
  await commit();
  await cloneShallow();
  expect(await changedFiles(root, deployed)).toEqual({
    unknown: `this clone is shallow and lacks commit ${deployed.slice(0, 7)}, which was deployed last: \`git fetch --unshallow\` brings it`,
  });
});

test('a commit that was never pushed, and no repository at all, are said', async () => {
  await commit();
  expect(await changedFiles(root, 'f'.repeat(40))).toEqual({
    unknown:
      'this clone lacks commit fffffff, which was deployed last: `git fetch --all` brings it if it was pushed',
  });
  expect(await changedFiles(folder, 'f'.repeat(40))).toEqual({ unknown: 'this is no git repository' });
});

test('a checkout is known by its commit, and by whether anything is not committed', async () => {
  expect(await readCheckout(root)).toEqual({ commit: undefined, dirty: true });
  const first = await commit();
  expect(await readCheckout(root)).toEqual({ commit: first, dirty: false });
  await write('new.md', '');
  expect(await readCheckout(root)).toEqual({ commit: first, dirty: true });
  expect(await readCheckout(folder)).toEqual({ commit: undefined, dirty: false });
});
