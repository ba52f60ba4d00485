import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rememberedFor, sourceState } from './source-state.ts';

let root: string;
let made: number;

beforeEach(async () => {
  made = 0;
  root = await mkdtemp(join(tmpdir(), 'parley state '));
  await git('init', '-q');
  await writeFile(join(root, '.gitignore'), 'dist/\n.turbo/\n');
  await writeFile(join(root, 'a file.md'), 'a');
  await commit();
});
afterEach(() => rm(root, { recursive: true }));

async function git(...args: string[]): Promise<void> {
  const identity = [
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@example.com',
    '-c',
    'commit.gpgsign=false',
  ];
  await execa('git', [...identity, ...args], { cwd: root });
}
async function commit(): Promise<void> {
  await git('add', '-A');
  await git('commit', '-q', '-m', 'A commit');
}
const edit = (text: string, file = 'a file.md') => writeFile(join(root, file), text);

/** How often it was made after asking once more. */
async function asked(key = 'key', during: () => Promise<void> = async () => {}): Promise<number> {
  await rememberedFor(root, 'answer', key, {
    parse: (value) => value,
    make: async () => {
      made += 1;
      await during();
      return made;
    },
  });
  return made;
}

test('an answer is kept for the same sources and the same key', async () => {
  expect(await asked()).toBe(1);
  expect(await asked()).toBe(1);
  expect(await asked('another')).toBe(2);
});

test('every edit asks anew: of a file git knows, a new one, another edit of it, a removal, a commit', async () => {
  let before = await asked();
  const edits = [
    async () => edit('b'),
    async () => edit('c'),
    async () => edit('new', 'new.md'),
    async () => edit('newer', 'new.md'),
    async () => rm(join(root, 'a file.md')),
    commit,
  ];
  for (const change of edits) {
    await change();
    expect(await asked()).toBe(before + 1);
    before += 1;
    expect(await asked()).toBe(before);
  }
});

test('what is ignored, as builds are, asks nothing anew', async () => {
  const before = await sourceState(root);
  await edit('x', '.turbo-is-not-this');
  expect(await sourceState(root)).not.toBe(before);
  await rm(join(root, '.turbo-is-not-this'));
  await execa('mkdir', ['dist'], { cwd: root });
  await edit('x', 'dist/index.mjs');
  expect(await sourceState(root)).toBe(before);
});

test('an answer for sources that changed meanwhile is not kept', async () => {
  expect(await asked('key', async () => edit('b'))).toBe(1);
  await edit('a');
  expect(await asked()).toBe(2);
});

test('outside a repository, and with a damaged file, it is made each time', async () => {
  await asked();
  await edit('{', '.turbo/parley/answer.json');
  expect(await asked()).toBe(2);
  await rm(join(root, '.git'), { recursive: true });
  expect(await asked()).toBe(3);
  expect(await asked()).toBe(4);
});
