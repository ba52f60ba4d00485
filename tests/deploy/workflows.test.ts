import { appendFile, cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join, matchesGlob } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { copyWorkspace, type WorkspaceCopy } from '../workspace/workspace-copy.ts';

interface Workflow {
  name: string;
  on: { pull_request: { paths: string[] }; push: { branches: string[]; paths: string[] } };
  jobs: { stack: { with: { stack: string; tests: string } } };
}

let copy: WorkspaceCopy;
const rainfallFile = '.github/workflows/Rainfall.BuildTest.Deploy.yml';

beforeAll(async () => {
  copy = await copyWorkspace();
});
afterAll(() => copy?.dispose());

async function workflows(): Promise<Workflow[]> {
  const folder = join(copy.root, '.github/workflows');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.BuildTest.Deploy.yml'));
  return Promise.all(
    names.toSorted().map(async (name) => parse(await readFile(join(folder, name), 'utf8')) as Workflow),
  );
}

/** As GitHub reads a list of paths: the last glob that matches a file decides. */
function isFiltered({ on }: Workflow, file: string): boolean {
  const last = on.push.paths.findLast((glob) => matchesGlob(file, glob.replace(/^!/, '')));
  return last !== undefined && !last.startsWith('!');
}

async function stacksRunBy(file: string): Promise<string[]> {
  return (await workflows())
    .filter((each) => isFiltered(each, file))
    .map(({ jobs }) => jobs.stack.with.stack);
}

/** By stack, the hash of all that turbo makes its templates from. */
async function turboHashes(): Promise<Map<string, string>> {
  const { exitCode, all, stdout } = await copy.run('turbo', ['run', 'synth', '--dry=json']);
  expect(exitCode, all).toBe(0);
  const { tasks } = JSON.parse(stdout) as {
    tasks: { task: string; package: string; command: string; hash: string }[];
  };
  const synths = tasks.filter(({ task, command }) => task === 'synth' && command !== '<NONEXISTENT>');
  return new Map(synths.map((each) => [each.package, each.hash]));
}

async function generate(...options: string[]) {
  return copy.run('pnpm', ['run', 'workflows', ...options]);
}

test('what is committed is what the workspace gives, one workflow per stack', async () => {
  const { exitCode, all } = await generate('--check');
  expect(exitCode, all).toBe(0);
  expect((await workflows()).map(({ name, jobs }) => [name, jobs.stack.with.stack])).toEqual([
    ['Foundation.BuildTest.Deploy', 'foundation'],
    ['Frontend.BuildTest.Deploy', 'frontend'],
    ['Inference.BuildTest.Deploy', 'inference'],
    ['Registry.BuildTest.Deploy', 'registry'],
    ['Weather.BuildTest.Deploy', 'weather'],
  ]);
});

test('each glob matches a file of the repository (T19)', async () => {
  const tracked = (await copy.run('git', ['ls-files'])).stdout.split('\n');
  for (const { name, on } of await workflows()) {
    expect(on.pull_request.paths, name).toEqual(on.push.paths);
    const globs = on.push.paths.map((glob) => glob.replace(/^!/, ''));
    expect(globs.filter((glob) => !tracked.some((file) => matchesGlob(file, glob)))).toEqual([]);
  }
});

test.each([
  'packages/contract/src/names.ts',
  'packages/cdk/src/chat-app.ts',
  'packages/store/src/errors.ts',
  'packages/agent/src/errors.ts',
  'packages/service/src/errors.ts',
  'packages/bundle/src/errors.ts',
  'packages/deploy/src/errors.ts',
  'apps/web/index.html',
  'apps/registrar/src/errors.ts',
  'stacks/registry/data.ts',
  'stacks/chat-apps/weather/prompt.md',
  'stacks/chat-apps/weather/README.md',
  'stacks/chat-apps/weather/tools/forecast.test.ts',
  'packages/contract/src/wire.test.ts',
  'cdk.json',
  'parley.config.ts',
])(
  'a change of %s runs the workflows of exactly the stacks that turbo would make anew (T19)',
  async (file) => {
    const before = await turboHashes();
    const text = await readFile(join(copy.root, file), 'utf8');
    await appendFile(join(copy.root, file), '\n');
    const after = await turboHashes();
    await writeFile(join(copy.root, file), text);
    const changed = [...after].filter(([stack, hash]) => before.get(stack) !== hash).map(([stack]) => stack);
    expect(await stacksRunBy(file)).toEqual(changed.toSorted());
  },
);

test('what installs, builds and runs the workflows is in the filters of all', async () => {
  const shared = [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'turbo.json',
    '.github/workflows/build-test-deploy.yml',
    '.github/actions/setup/action.yml',
  ];
  for (const file of shared) expect(await stacksRunBy(file), file).toHaveLength(5);
  expect(await stacksRunBy('.github/workflows/Weather.BuildTest.Deploy.yml')).toEqual(['weather']);
});

test('a copied chat app lacks its workflow until it is generated, and the check says how', async () => {
  const rainfall = join(copy.root, 'stacks/chat-apps/rainfall');
  await cp(join(copy.root, 'stacks/chat-apps/weather'), rainfall, { recursive: true });
  const manifest = await readFile(join(rainfall, 'package.json'), 'utf8');
  await writeFile(
    join(rainfall, 'package.json'),
    manifest.replace('"name": "weather"', '"name": "rainfall"'),
  );

  const check = await generate('--check');
  expect(check.exitCode).toBe(1);
  expect(check.all).toContain(
    `These workflows are not what the workspace gives:\n  ${rainfallFile} is missing: stack rainfall has no workflow\n` +
      'Run `pnpm run workflows` and commit what it writes.',
  );
  expect((await generate()).all).toContain(`wrote ${rainfallFile}\n5 of 6 were up to date`);
  expect((await generate('--check')).exitCode).toBe(0);
});

test('its workflow is its own, is valid, and is formatted', async () => {
  expect(await stacksRunBy('stacks/chat-apps/rainfall/prompt.md')).toEqual(['rainfall']);
  expect(await stacksRunBy('stacks/chat-apps/weather/prompt.md')).toEqual(['weather']);
  const generated = (await workflows()).find(({ name }) => name === 'Rainfall.BuildTest.Deploy');
  expect(generated?.jobs.stack.with.tests.split('\n')).toEqual(
    expect.arrayContaining(['stacks/chat-apps/rainfall/', 'stacks/inference/', 'packages/agent/']),
  );
  for (const [tool, ...options] of [['action-validator'], ['prettier', '--check']]) {
    const { exitCode, all } = await copy.run(tool!, [...options, rainfallFile]);
    expect(exitCode, all).toBe(0);
  }
});

test('an edited workflow fails the check, and is written anew', async () => {
  const file = join(copy.root, rainfallFile);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('packages/cdk/**', 'packages/cdkk/**'));
  const { exitCode, stdout } = await generate('--check', '--json');
  expect(exitCode).toBe(1);
  const { workflows: found } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
    workflows: { state: string }[];
  };
  expect(found.filter(({ state }) => state !== 'current')).toEqual([
    { stack: 'rainfall', file: rainfallFile, state: 'different' },
  ]);
  await generate();
  expect(await readFile(file, 'utf8')).toBe(text);
});

test('with its folder its workflow goes; one that somebody wrote by hand stays', async () => {
  await rm(join(copy.root, 'stacks/chat-apps/rainfall'), { recursive: true });
  const byHand = join(copy.root, '.github/workflows/Other.BuildTest.Deploy.yml');
  await writeFile(byHand, 'name: Other.BuildTest.Deploy\n');
  expect((await generate('--check')).all).toContain(`${rainfallFile} belongs to no stack any more`);
  expect((await generate()).all).toContain(`removed ${rainfallFile}`);
  expect((await generate('--check')).exitCode).toBe(0);
  expect(await readFile(byHand, 'utf8')).toContain('Other');
});
