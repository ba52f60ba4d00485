import { mkdir, mkdtemp, readFile, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bundleTools } from './tools.ts';

let folder: string;

beforeEach(async () => {
  // Inside the package, so that the tools resolve zod and the contract as a chat app's do.
  await mkdir(join(import.meta.dirname, '../dist'), { recursive: true });
  folder = await realpath(await mkdtemp(join(import.meta.dirname, '../dist/tools test ')));
  await mkdir(join(folder, 'tools'));
  await mkdir(join(folder, 'node_modules'));
  const contract = await realpath(join(import.meta.dirname, '../node_modules/@parley/contract'));
  await mkdir(join(folder, 'node_modules/@parley'));
  await symlink(contract, join(folder, 'node_modules/@parley/contract'));
  await symlink(await realpath(join(contract, 'node_modules/zod')), join(folder, 'node_modules/zod'));
});

afterEach(() => rm(folder, { recursive: true }));

function tool(name: string, { input = 'z.object({ city: z.string() })', called = name } = {}): Promise<void> {
  return writeFile(
    join(folder, `tools/${name}.ts`),
    `import { defineTool } from '@parley/contract/tool';
     import { z } from 'zod';
     export const tool = defineTool({
       name: '${called}', description: 'Says hello', input: ${input},
       handler: (input) => ({ hello: input }),
     });`,
  );
}

test('a tool becomes a function that validates its input, and the spec a model reads', async () => {
  await tool('greet');
  expect(await bundleTools(folder)).toEqual(['greet']);

  const spec: unknown = JSON.parse(await readFile(join(folder, 'dist/greet/tool.json'), 'utf8'));
  expect(spec).toMatchObject({ name: 'greet', input: { type: 'object', required: ['city'] } });
  const { handler } = (await import(pathToFileURL(join(folder, 'dist/greet/index.mjs')).href)) as {
    handler: (event: unknown) => Promise<unknown>;
  };
  const context = { runId: 'r', toolCallId: 't', app: 'a', user: 'u' };
  expect(await handler({ input: { city: 'Lisbon' }, context })).toEqual({
    ok: true,
    output: { hello: { city: 'Lisbon' } },
  });
  expect(await handler({ input: { city: 7 }, context })).toEqual({
    ok: false,
    error: { code: 'invalid-input', message: 'city: expected string, received number, got 7' },
  });
});

test('a tool whose handler may report its progress says in its spec that it streams', async () => {
  await tool('greet');
  await writeFile(
    join(folder, 'tools/read.ts'),
    `import { defineTool } from '@parley/contract/tool';
     import { z } from 'zod';
     export const tool = defineTool({
       name: 'read', description: 'Reads', input: z.object({}),
       handler: async (_, { progress }) => progress({ percent: 50 }),
     });`,
  );
  await bundleTools(folder);
  const specOf = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, `dist/${name}/tool.json`), 'utf8'));
  expect(await specOf('read')).toMatchObject({ name: 'read', streams: true });
  expect(await specOf('greet')).not.toHaveProperty('streams');
});

test('all problems of all tools are said at once, each with its file and field', async () => {
  await tool('when', { input: 'z.object({ at: z.date(), n: z.array(z.bigint()) })' });
  await tool('renamed', { called: 'other' });
  await writeFile(join(folder, 'tools/empty.ts'), 'export const nothing = 1;');
  await writeFile(join(folder, 'tools/broken.ts'), 'export const tool = ;');
  await writeFile(join(folder, 'tools/throws.ts'), "throw new Error('no region'); export const tool = 1;");

  const failure = await bundleTools(folder).catch((error: Error) => error.message.split('\n'));
  expect(failure).toEqual([
    'tools/broken.ts:1:21: Unexpected ";"',
    'tools/empty.ts: tool: expected `export const tool = defineTool({ name, description, input, handler })`',
    'tools/renamed.ts: name: expected "renamed", as the file is called, got "other": rename one of them',
    'tools/throws.ts: cannot be loaded: no region',
    expect.stringMatching(/^tools\/when\.ts: input\.n\.items: a bigint has no JSON Schema/),
    expect.stringMatching(/^tools\/when\.ts: input\.at: a date has no JSON Schema/),
  ]);
});

test('what was built for a tool that is gone goes too', async () => {
  await tool('greet');
  await tool('wave');
  await bundleTools(folder);
  await rm(join(folder, 'tools/wave.ts'));
  await bundleTools(folder);
  expect(await readdir(join(folder, 'dist'))).toEqual(['greet']);
});

test('the same sources give the same bytes again', async () => {
  await tool('greet');
  await bundleTools(folder);
  const first = await readFile(join(folder, 'dist/greet/index.mjs'));
  await rm(join(folder, 'dist'), { recursive: true });
  await bundleTools(folder);
  expect(await readFile(join(folder, 'dist/greet/index.mjs'))).toEqual(first);
});
