import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from '@parley/bundle/bundle';
import { afterEach, expect, test } from 'vitest';
import { imageTag, parseImageTag } from './image-tag.ts';
import { createServiceFolder, sampleLockfile } from './testing/service-folder.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const remove of cleanUp.splice(0)) await remove();
});

async function tagOf(files: Record<string, string>, change: object = {}, lockfile?: string): Promise<string> {
  const { service, remove } = await createServiceFolder(files, lockfile);
  cleanUp.push(remove);
  return imageTag({ ...service, ...change });
}

const files = { 'server.mjs': 'serve()', 'assets/a.txt': 'a' };

test('the tag is the same wherever the workspace lies', async () => {
  expect(await tagOf(files)).toBe(await tagOf(files));
});

test.each<[string, Record<string, string>, object]>([
  ["a file's content", { ...files, 'assets/a.txt': 'b' }, {}],
  ["a file's name", { 'server.mjs': 'serve()', 'assets/b.txt': 'a' }, {}],
  ['a further file', { ...files, 'b.txt': '' }, {}],
  ['the command', files, { command: ['node', '--enable-source-maps', 'server.mjs'] }],
  ['the architecture', files, { architecture: 'x86_64' }],
])('another tag comes of %s', async (_, changed, change) => {
  expect(await tagOf(changed, change)).not.toBe(await tagOf(files));
});

test("another tag comes of another Node in the lockfile, and not of another architecture's", async () => {
  const before = await tagOf(files);
  expect(await tagOf(files, {}, sampleLockfile.replace('sha512-arm64', 'sha512-other'))).not.toBe(before);
  expect(await tagOf(files, {}, sampleLockfile.replace('sha512-x64', 'sha512-other'))).toBe(before);
});

test('a change of the source changes the tag, a comment does not', async () => {
  // Inside the package, as esbuild and the tag both look upwards.
  await mkdir(join(import.meta.dirname, '../dist'), { recursive: true });
  const folder = await mkdtemp(join(import.meta.dirname, '../dist/tag-'));
  cleanUp.push(() => rm(folder, { recursive: true }));
  const built = async (source: string): Promise<string> => {
    await writeFile(join(folder, 'server.ts'), source);
    await bundle({ folder, entry: { file: 'server.ts' }, outfile: 'dist/server.mjs' });
    return imageTag({ folder: join(folder, 'dist'), architecture: 'arm64', command: ['node', 'server.mjs'] });
  };
  const before = await built('export const greeting: string = "hello";\nconsole.log(greeting);');
  const commented =
    '// says hello\nexport const greeting = "hello"; /* politely */\n\n\nconsole.log(greeting);';
  expect(await built(commented)).toBe(before);
  expect(await built('export const greeting = "bye";\nconsole.log(greeting);')).not.toBe(before);
});

test('a service that is not built has no tag, and the error says how to build it', async () => {
  await expect(tagOf({})).rejects.toThrow(
    /apps\/echo\/dist holds no files. Build it first: npx turbo run build$/,
  );
});

test('only a tag is taken for a tag', () => {
  const tag = 'a'.repeat(32);
  expect(parseImageTag(tag)).toBe(tag);
  for (const text of [
    '',
    'latest',
    'A'.repeat(32),
    `${tag}\n`,
    `123456789012.dkr.ecr.eu-west-1.amazonaws.com/a/b:${tag}`,
  ])
    expect(() => parseImageTag(text)).toThrow('is no image tag: expected 32 characters of 0-9 and a-f');
});
