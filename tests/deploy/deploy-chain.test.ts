import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { planJson } from '@parley/deploy/plan-json';
import { type AwsAccount, startAwsAccount } from '@parley/deploy/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { copyWorkspace, type WorkspaceCopy } from '../workspace/workspace-copy.ts';

let copy: WorkspaceCopy;
let account: AwsAccount;

beforeAll(async () => {
  account = await startAwsAccount();
  copy = await copyWorkspace();
  await recordDeploys();
});
afterAll(async () => {
  await copy?.dispose();
  await account?.close();
});
afterEach(() => copy.run('git', ['checkout', '-q', '-f', 'main']));

async function run(command: string, args: string[]) {
  const { exitCode, stdout, all } = await copy.run(command, args, { env: { ...copy.env, ...account.env } });
  expect(exitCode, all).toBe(0);
  return { stdout, all };
}

const parleyDeploy = (...args: string[]) => run('pnpm', ['run', 'deploy', ...args, '--dry-run']);

/** All stacks stand as the sources make them now. */
async function recordDeploys(): Promise<void> {
  const { stdout } = await run('node', ['tests/deploy/record-deploys.ts', 'dev']);
  for (const [name, template] of Object.entries(JSON.parse(stdout) as Record<string, unknown>)) {
    account.stacks.set(name, { status: 'CREATE_COMPLETE', template });
  }
}

/** What a deploy would look at, in order: `stack action`. */
async function deployed(...args: string[]): Promise<string[]> {
  const { stdout } = await parleyDeploy(...args, '--json');
  const line = stdout.split('\n').find((each) => each.startsWith('{"stage"'));
  return planJson.parse(JSON.parse(line!)).stacks.map(({ stack, action }) => `${stack} ${action}`);
}

async function editFoundation(): Promise<void> {
  const file = join(copy.root, 'stacks/foundation/load-balancer.ts');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('HTTP from inside the network', 'HTTP from within the network'));
}

async function editWeather(): Promise<void> {
  await appendFile(join(copy.root, 'stacks/chat-apps/weather/prompt.md'), '\nBe brief.\n');
}

const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];

async function commit(): Promise<void> {
  await run('git', [...identity, 'commit', '-qam', 'Edits']);
}

test('a stack that is pushed together with what it needs takes that along first (T7)', async () => {
  await editFoundation();
  await editWeather();
  expect(await deployed('weather', '--chain')).toEqual(['foundation deploy', 'weather deploy']);
  expect(await deployed('weather')).toEqual(['weather deploy']);
});

test('what only reads values that may change follows, and what was edited by itself has its own workflow', async () => {
  await editFoundation();
  await editWeather();
  expect(await deployed('foundation', '--chain')).toEqual([
    'foundation deploy',
    'registry skip',
    'inference skip',
    'frontend skip',
  ]);
});

test('an older run leaves what a newer one has deployed (T7)', async () => {
  await editFoundation();
  await commit();
  await recordDeploys();
  await run('git', ['checkout', '-q', '--detach', 'HEAD~1']);
  await editWeather();
  expect(await deployed('weather', '--chain')).toEqual(['weather skip']);
  expect(await deployed('weather')).toEqual(['weather deploy']);
  expect((await parleyDeploy('foundation', '--chain')).all).toMatch(
    /foundation {2}skip {4}left as commit [0-9a-f]{7}, a newer one, was deployed .* by alice/,
  );
});
