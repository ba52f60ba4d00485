import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packageFolders, readWorkspace, workspaceRoot } from './workspace.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'a workspace '));
  await writeFile(join(root, 'parley.config.ts'), '');
});
afterEach(() => rm(root, { recursive: true }));

async function addPackage(folder: string, manifest: unknown): Promise<void> {
  await mkdir(join(root, folder), { recursive: true });
  const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
  await writeFile(join(root, folder, 'package.json'), text);
}

test('every folder with a synth script is a stack, called by its unscoped name', async () => {
  await addPackage('apps/api', { name: '@parley/api', scripts: { build: 'x' } });
  await addPackage('stacks/foundation', { name: 'foundation', scripts: { synth: 'x' } });
  await addPackage('stacks/chat-apps/weather', { name: '@me/weather', scripts: { synth: 'x' } });
  await mkdir(join(root, 'stacks/chat-apps/empty'));

  const { packages, duplicates } = await readWorkspace(root);
  expect(packages.map(({ name, stack }) => [name, stack])).toEqual([
    ['@parley/api', undefined],
    ['foundation', 'foundation'],
    ['@me/weather', 'weather'],
  ]);
  expect(duplicates).toEqual([]);
});

test('of two packages with one name, the folder that is called so stays and the other is reported', async () => {
  await addPackage('stacks/chat-apps/copy', { name: 'weather', scripts: { synth: 'x' } });
  await addPackage('stacks/chat-apps/weather', { name: 'weather', scripts: { synth: 'x' } });

  const { packages, duplicates } = await readWorkspace(root);
  expect(packages.map(({ folder }) => folder)).toEqual([join(root, 'stacks/chat-apps/weather')]);
  expect(duplicates).toEqual([
    'stacks/chat-apps/copy/package.json: name: "weather" is the name of stacks/chat-apps/weather too: ' +
      'change it, to "copy" for example. Until then this folder is left out.',
  ]);
});

test('two packages that would be one stack are not both taken, whatever their scopes', async () => {
  await addPackage('stacks/chat-apps/other', { name: '@me/weather', scripts: { synth: 'x' } });
  await addPackage('stacks/chat-apps/weather', { name: 'weather', scripts: { synth: 'x' } });

  const { packages, duplicates } = await readWorkspace(root);
  expect(packages.map(({ folder }) => folder)).toEqual([join(root, 'stacks/chat-apps/weather')]);
  expect(duplicates).toEqual([
    'stacks/chat-apps/other/package.json: name: "@me/weather" gives the stack "weather", which ' +
      'stacks/chat-apps/weather is already: change it, to "other" for example. Until then this folder is left out.',
  ]);
});

test('a package.json that is none is named', async () => {
  await addPackage('stacks/chat-apps/broken', '{ "name": ');
  await expect(readWorkspace(root)).rejects.toThrow(
    /broken\/package.json: expected a package.json with a "name"/,
  );
});

test('the root is found from any folder in it, and its absence is said', async () => {
  await mkdir(join(root, 'stacks/chat-apps/deep'), { recursive: true });
  expect(workspaceRoot(join(root, 'stacks/chat-apps/deep'))).toBe(root);
  expect(() => workspaceRoot(tmpdir())).toThrow('is not inside a Parley workspace');
});

test('the folders looked through are those of pnpm-workspace.yaml', async () => {
  const yaml = await readFile(join(import.meta.dirname, '../../../pnpm-workspace.yaml'), 'utf8');
  const listed = [...yaml.matchAll(/^ {2}- (.*)\/\*$/gm)].map(([, folder]) => folder);
  expect(listed).toEqual(packageFolders);
});
