import { appendFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyWorkspace, type WorkspaceCopy } from '../workspace/workspace-copy.ts';

let copy: WorkspaceCopy;

beforeAll(async () => {
  copy = await copyWorkspace({ ownCache: true });
  await synth();
});
afterAll(() => copy.dispose());

/** Runs `turbo run synth` and gives the tasks that really ran; the others came from the cache. */
async function synth(env: Record<string, string> = {}): Promise<string[]> {
  await rm(join(copy.root, '.turbo/runs'), { recursive: true, force: true });
  const { exitCode, all } = await copy.run(
    'turbo',
    ['run', 'synth', '--summarize', '--output-logs=errors-only'],
    {
      env: { ...copy.env, ...env },
    },
  );
  expect(exitCode, all).toBe(0);
  const file = /Summary:\s+(.*\.json)/.exec(all)![1]!;
  const { tasks } = JSON.parse(await readFile(file, 'utf8')) as {
    tasks: { taskId: string; command: string; cache: { status: string } }[];
  };
  return tasks
    .filter(({ command, cache }) => command !== '<NONEXISTENT>' && cache.status !== 'HIT')
    .map(({ taskId }) => taskId)
    .sort();
}

const synths = (tasks: string[]): string[] => tasks.filter((task) => task.endsWith('#synth'));

test('a second synth of an unchanged workspace is all from the cache', async () => {
  expect(await synth()).toEqual([]);
});

test('an edit of the weather app synthesizes the weather app and nothing else', async () => {
  await appendFile(join(copy.root, 'stacks/chat-apps/weather/prompt.md'), '\nBe brief.\n');
  expect(await synth()).toEqual(['weather#synth']);
});

test('an edit of a tool rebuilds that app and synthesizes it', async () => {
  await appendFile(
    join(copy.root, 'stacks/chat-apps/weather/tools/forecast.ts'),
    '\nexport const edited = 1;\n',
  );
  expect(await synth()).toEqual(['weather#build', 'weather#synth']);
});

test('an edit of a service rebuilds it and synthesizes the stack that runs it', async () => {
  await appendFile(join(copy.root, 'apps/registry-api/src/server.ts'), '\nexport const edited = 1;\n');
  expect(await synth()).toEqual(['@parley/registry-api#build', 'registry#synth']);
});

test('an edit of the page rebuilds it and synthesizes the frontend', async () => {
  await appendFile(join(copy.root, 'apps/web/index.html'), '<!-- edited -->\n');
  expect(await synth()).toEqual(['@parley/web#build', 'frontend#synth']);
});

test('an edit of the contract reaches everything that depends on it', async () => {
  await appendFile(join(copy.root, 'packages/contract/src/names.ts'), '\nexport const edited = 1;\n');
  expect(synths(await synth())).toEqual([
    'foundation#synth',
    'frontend#synth',
    'inference#synth',
    'registry#synth',
    'weather#synth',
  ]);
}, 60_000);

test('an edit of tests or of a README synthesizes nothing', async () => {
  await appendFile(join(copy.root, 'stacks/chat-apps/weather/README.md'), '\nMore.\n');
  await appendFile(join(copy.root, 'packages/contract/src/message.test.ts'), '\n// more\n');
  expect(await synth()).toEqual([]);
});

test('another stage and another setting are other templates, and going back is not stale', async () => {
  const parameters = () => readFile(join(copy.root, 'stacks/foundation/cdk.out/dev/manifest.json'), 'utf8');
  const before = await parameters();
  expect(synths(await synth({ PARLEY_STAGE: 'demo' }))).toHaveLength(5);
  expect(synths(await synth({ PARLEY_SET: '{"network":"private"}' }))).toHaveLength(5);
  expect(await synth()).toEqual([]);
  expect(await parameters()).toBe(before);
}, 60_000);

test('pnpm synth gives each stack’s assembly for a stage, and says what it does not know', async () => {
  const { exitCode, stdout } = await copy.run('pnpm', ['synth', 'weather', '--stage', 'demo', '--json']);
  expect(exitCode).toBe(0);
  const { stacks } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { stacks: object[] };
  const folder = join(copy.root, 'stacks/chat-apps/weather/cdk.out/demo');
  expect(stacks).toEqual([{ stack: 'weather', folder, problems: [] }]);

  const unknown = await copy.run('pnpm', ['synth', 'wether']);
  expect(unknown.exitCode).toBe(1);
  expect(unknown.all).toContain(
    'No stack is called "wether". There are: foundation, frontend, inference, registry, weather.',
  );
  const badStage = await copy.run('pnpm', ['synth', '--stage', 'Demo']);
  expect(badStage.exitCode).toBe(1);
  expect(badStage.all).toContain('expected a lower-case letter');
});
