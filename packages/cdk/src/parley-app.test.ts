import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sourcesHashFile } from '@parley/contract/names';
import { afterEach, expect, test } from 'vitest';
import { builtTool, createWorkspace, stackSource, type TestWorkspace } from './testing/workspace.ts';

const workspaces: TestWorkspace[] = [];
afterEach(async () => {
  for (const workspace of workspaces.splice(0)) await workspace.remove();
});

const files = {
  ...builtTool('look-up'),
  'stack.ts': stackSource(`new LambdaTool(stack, 'LookUp', { tool: 'look-up' });`),
};

async function workspaceWith(content: Record<string, string>): Promise<TestWorkspace> {
  const workspace = await createWorkspace(content);
  workspaces.push(workspace);
  return workspace;
}

/** Every file below a folder with its content, by path. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    paths.toSorted().map(async (path) => [path.slice(folder.length), await readFile(path, 'utf8')] as const),
  );
  return Object.fromEntries(contents);
}

test('run as a program it synthesizes the stage the environment names, and only that one stays', async () => {
  const { folder, run } = await workspaceWith(files);
  expect(await run()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(await readdir(join(folder, 'cdk.out'))).toEqual(['dev']);
  const again = await run({ PARLEY_STAGE: 'feature-x', PARLEY_SET: '{"logRetentionDays":"7"}' });
  expect(again).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(await readdir(join(folder, 'cdk.out'))).toEqual(['feature-x']);
  const text = await readFile(
    join(folder, 'cdk.out/feature-x/parley-feature-x-sample.template.json'),
    'utf8',
  );
  expect(text).toContain('"RetentionInDays": 7');
});

test('as a task of turbo it keeps the task’s hash, by which the assembly is known to be up to date', async () => {
  const { folder, run } = await workspaceWith(files);
  await run({ TURBO_HASH: '0123456789abcdef' });
  expect(await readFile(join(folder, 'cdk.out/dev', sourcesHashFile), 'utf8')).toBe('0123456789abcdef');
  await run(); // by hand: nobody knows of what sources
  expect(await readdir(join(folder, 'cdk.out/dev'))).not.toContain(sourcesHashFile);
});

test('a synth that fails leaves what was there', async () => {
  const { folder, run } = await workspaceWith(files);
  await run();
  const before = await contentOf(join(folder, 'cdk.out'));
  const { exitCode, stderr } = await run({ PARLEY_SET: '{"size":"huge"}' });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringMatching(/^PARLEY_SET: size: .*\n$/),
  });
  expect(await contentOf(join(folder, 'cdk.out'))).toEqual(before);
});

test.each([
  [{ PARLEY_STAGE: 'Prod!' }, /^PARLEY_STAGE: expected a lower-case letter.*got "Prod!"\n$/],
  [{ PARLEY_SET: 'network=private' }, /^PARLEY_SET: expected a JSON object such as .*got network=private\n$/],
])('the environment %j is refused in one line', async (environment, message) => {
  const { run } = await workspaceWith(files);
  expect(await run(environment)).toEqual({ exitCode: 1, stdout: '', stderr: expect.stringMatching(message) });
});

test('imported it runs nothing, and one process synthesizes many stages', async () => {
  const { folder, load } = await workspaceWith(files);
  const app = await load();
  await expect(access(join(folder, 'cdk.out'))).rejects.toThrow('ENOENT');
  const outdirs = [join(folder, 'out/a'), join(folder, 'out/b')] as const;
  const [a, b] = [
    await app.synth({ stage: 'a', outdir: outdirs[0] }),
    await app.synth({ stage: 'b', outdir: outdirs[1], overrides: { region: 'eu-north-1' } }),
  ];
  expect([a.stackName, b.stackName]).toEqual(['parley-a-sample', 'parley-b-sample']);
  expect(JSON.stringify(b.template)).toContain('cdk-hnb659fds-assets-${AWS::AccountId}-eu-north-1');
  expect(await readdir(join(folder, 'out'))).toEqual(['a', 'b']);
});

test('two synths are byte-identical, in two folders and by program or by import', async () => {
  const [first, second] = [await workspaceWith(files), await workspaceWith(files)];
  const outdir = join(second.root, 'elsewhere');
  await (await second.load()).synth({ stage: 'dev', outdir });
  await first.run();
  const content = await contentOf(join(first.folder, 'cdk.out/dev'));
  expect(Object.keys(content)).toContain('/parley-dev-sample.template.json');
  expect(await contentOf(outdir)).toEqual(content);
  expect(JSON.stringify(content)).not.toContain(first.root);
});

test('what a construct refuses is a problem of stack.ts', async () => {
  const { run } = await workspaceWith({
    ...files,
    'stack.ts': stackSource(`for (const _ of [1, 2]) new LambdaTool(stack, 'LookUp', { tool: 'look-up' });`),
  });
  const { exitCode, stderr } = await run();
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^stack\.ts: There is already a Construct with name 'LookUp'.*\n$/);
});

test('a mistake in code keeps its trace, for it has to be found', async () => {
  const { run } = await workspaceWith({ 'stack.ts': stackSource('stack.nothing.here();') });
  const { exitCode, stderr } = await run();
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/TypeError.*\n\s+at .*stack\.ts:\d+/);
});
