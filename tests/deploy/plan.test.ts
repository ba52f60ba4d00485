import { appendFile, cp, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PlanJson, planJson } from '@parley/deploy/plan-json';
import { type AwsAccount, startAwsAccount } from '@parley/deploy/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { copyWorkspace, type WorkspaceCopy } from '../workspace/workspace-copy.ts';

let copy: WorkspaceCopy;
let account: AwsAccount;
const env = () => ({ ...copy.env, ...account.env });

beforeAll(async () => {
  account = await startAwsAccount();
  copy = await copyWorkspace();
  await recordDeploys();
});
afterAll(async () => {
  await copy.dispose();
  await account.close();
});
afterEach(async () => {
  account.fail('*', undefined);
  await copy.run('git', ['checkout', '-q', '--', '.']);
  await copy.run('git', ['clean', '-fdq']);
});

/** All stacks stand as the sources make them now. */
async function recordDeploys(): Promise<void> {
  const { exitCode, stdout, all } = await copy.run('node', ['tests/deploy/record-deploys.ts', 'dev'], {
    env: env(),
  });
  expect(exitCode, all).toBe(0);
  for (const [name, template] of Object.entries(JSON.parse(stdout) as Record<string, unknown>)) {
    account.stacks.set(name, { status: 'CREATE_COMPLETE', template });
  }
}

async function parley(...args: string[]) {
  return copy.run('node', ['packages/cli/src/main.ts', ...args], { env: env() });
}

async function plan(...args: string[]): Promise<PlanJson> {
  const { exitCode, stdout, all } = await parley('plan', '--json', ...args);
  expect(exitCode, all).toBe(0);
  return planJson.parse(JSON.parse(stdout));
}

/** What would be deployed: stack → its reasons, as `code: text`. */
async function affected(...args: string[]): Promise<Record<string, string[]>> {
  const { stacks } = await plan(...args);
  return Object.fromEntries(
    stacks
      .filter(({ action }) => action === 'deploy')
      .map(({ stack, reasons }) => [stack, reasons.map(({ code, text }) => `${code}: ${text}`)]),
  );
}

const path = (file: string) => join(copy.root, file);

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(path(file), 'utf8');
  expect(text).toContain(from);
  await writeFile(path(file), text.replace(from, to));
}

test('an unchanged workspace: nothing to deploy, in words for people and exit code 0', async () => {
  const { exitCode, stdout, all } = await copy.run('pnpm', ['run', 'plan', '--stage', 'dev', '--exit-code'], {
    env: env(),
  });
  expect(exitCode, all).toBe(0);
  expect(stdout).toMatch(
    /^ {2}1 {2}foundation {2}skip {4}unchanged since \d{4}-\d\d-\d\d at [0-9a-f]{7} \(alice\)$/m,
  );
  expect(stdout).toMatch(/^ {2}4 {2}frontend {4}skip .*\n {5}weather {5}skip /m);
  expect(stdout).toContain('\n0 to deploy, 5 unchanged.');
});

test('a changed prompt deploys its chat app, names the file, and the exit code can tell', async () => {
  await appendFile(path('stacks/chat-apps/weather/prompt.md'), '\nBe brief.\n');
  expect(await affected()).toEqual({ weather: ['files: changed: stacks/chat-apps/weather/prompt.md'] });
  const { exitCode, stdout } = await parley('plan', '--exit-code');
  expect(exitCode).toBe(2);
  expect(stdout).toContain('1 to deploy, 4 unchanged.\nNext: pnpm run deploy --stage dev');
});

test('a changed tool deploys its chat app and names the tool', async () => {
  await appendFile(
    path('stacks/chat-apps/weather/tools/forecast.ts'),
    '\nReflect.set(globalThis, "x", 1);\n',
  );
  expect(await affected()).toEqual({
    weather: [
      'files: changed: stacks/chat-apps/weather/tools/forecast.ts',
      'function: the code of forecast changed',
    ],
  });
});

test('a changed service deploys the stack that runs it, by its image', async () => {
  await appendFile(path('apps/registry-api/src/server.ts'), '\nReflect.set(globalThis, "x", 1);\n');
  const { registry, ...others } = await affected();
  expect(others).toEqual({});
  expect(registry).toEqual([expect.stringMatching(/^image: image of registry-api: [0-9a-f]+ → [0-9a-f]+$/)]);
});

test('comments, tests and documents deploy nothing, though every stack is synthesized anew', async () => {
  await appendFile(path('packages/cdk/src/lambda-tool.ts'), '\n// a comment\n');
  await appendFile(path('stacks/foundation/stack.ts'), '\n// a comment\n');
  await appendFile(path('stacks/chat-apps/weather/README.md'), '\nMore.\n');
  await appendFile(path('packages/contract/src/message.test.ts'), '\n// more\n');
  expect(await affected()).toEqual({});
});

test('a changed shared package deploys the stacks it changes, and no others', async () => {
  await edit('packages/cdk/src/lambda-tool.ts', 'memoryMiB = 256', 'memoryMiB = 512');
  expect(await affected()).toEqual({ weather: ['files: changed: packages/cdk/src/lambda-tool.ts'] });
});

test('another lockfile deploys nothing where the same is made with it', async () => {
  const lockfile = path('pnpm-lock.yaml');
  const text = await readFile(lockfile, 'utf8');
  await writeFile(lockfile, text.replaceAll('zod@4.6.7', 'zod@4.6.8'));
  expect(await affected()).toEqual({});
});

test('a renamed prompt deploys nothing: what is registered is the same', async () => {
  const folder = path('stacks/chat-apps/weather');
  await rename(join(folder, 'prompt.md'), join(folder, 'instructions.md'));
  await edit('stacks/chat-apps/weather/stack.ts', 'prompt.md', 'instructions.md');
  expect(await affected()).toEqual({});
});

test('a setting of --set deploys the stacks whose templates it changes, and says which setting', async () => {
  const found = await affected('--set', 'network=private');
  expect(Object.keys(found)).toEqual(['foundation', 'registry', 'inference']);
  for (const reasons of Object.values(found))
    expect(reasons).toEqual(['settings: settings changed: network']);
  expect((await parley('plan', '--set', 'network=private')).stdout).toContain(
    '\nNext: pnpm run deploy --stage dev --set network=private',
  );
});

test('a stage’s setting in parley.config.ts does likewise, and names the file too', async () => {
  await edit('parley.config.ts', 'dev: {}', 'dev: { logRetentionDays: 30 }');
  const found = await affected();
  expect(found['weather']).toEqual([
    'files: changed: parley.config.ts',
    'settings: settings changed: logRetentionDays',
  ]);
  expect(await affected('--set', 'logRetentionDays=14')).toEqual({});
});

test('another stage shares nothing with this one: all of it is new', async () => {
  const { stacks, prefix } = await plan('--stage', 'demo');
  expect(prefix).toBe('parley-demo');
  expect(stacks.map(({ action, reasons }) => [action, reasons[0]?.code])).toEqual(
    Array.from({ length: 5 }, () => ['deploy', 'never-deployed']),
  );
  expect(await affected()).toEqual({});
});

test('one stack is planned alone, also from inside its folder', async () => {
  await appendFile(path('stacks/chat-apps/weather/prompt.md'), '\nBe brief.\n');
  expect((await plan('registry')).stacks.map(({ stack }) => stack)).toEqual(['registry']);
  const inside = await copy.run('node', ['../../../packages/cli/src/main.ts', 'plan'], {
    env: env(),
    cwd: path('stacks/chat-apps/weather'),
  });
  expect(inside.stdout).toContain('1 to deploy, 0 unchanged.\nNext: pnpm run deploy weather --stage dev');
  expect((await parley('plan', 'wether')).all).toContain(
    'No stack is called "wether". There are: foundation',
  );
});

test('a chat app under another name is new, and its old stack is shown and left alone', async () => {
  await edit('stacks/chat-apps/weather/package.json', '"name": "weather"', '"name": "climate"');
  const { stacks, left } = await plan();
  expect(stacks.find(({ stack }) => stack === 'climate')).toMatchObject({
    action: 'deploy',
    reasons: [{ code: 'never-deployed' }],
  });
  expect(left).toEqual([{ stack: 'weather', name: 'parley-dev-weather', status: 'CREATE_COMPLETE' }]);
  expect((await parley('plan')).stdout).toContain(
    '! weather (CREATE_COMPLETE) is not in the workspace any more: pnpm run destroy weather --stage dev',
  );
});

test('a graph that is wrong, and sources with problems, end before AWS is asked', async () => {
  account.calls.length = 0;
  await edit('stacks/inference/package.json', '"registry"\n', '"foundation"\n');
  const undeclared = await parley('plan');
  expect(undeclared.exitCode).toBe(1);
  expect(undeclared.all).toMatch(
    /stacks\/inference\/package\.json: inference reads \S+, which registry writes, but does not say that it comes after registry: add "registry" to parley\.deployAfter\./,
  );
  await edit('stacks/chat-apps/weather/stack.ts', 'prompt.md', 'missing.md');
  expect((await parley('plan')).all).toMatch(
    /The sources have problems:\n {2}stacks\/chat-apps\/weather\/missing\.md/,
  );
  expect(account.calls).toEqual([]);
});

test('a stack.ts that makes nothing is a problem, though it ended well and an older template is there', async () => {
  await writeFile(path('stacks/chat-apps/weather/stack.ts'), 'export const nothing = 1;\n');
  for (const _ of ['made', 'taken from the cache']) {
    const { exitCode, all } = await parley('plan');
    expect(exitCode, all).toBe(1);
    expect(all).toContain('stacks/chat-apps/weather/stack.ts: it ran and made no template');
  }
});

test('a copy whose name is not changed yet is named, and the rest is planned', async () => {
  await cp(path('stacks/chat-apps/weather'), path('stacks/chat-apps/rainfall'), {
    recursive: true,
    filter: (from) => !/node_modules|cdk\.out/.test(from),
  });
  const { exitCode, all } = await parley('plan');
  expect(exitCode, all).toBe(0);
  expect(all).toContain('Until then this folder is left out.');
  expect(all).toContain('0 to deploy, 5 unchanged.');
});

test('a stage that cannot be in AWS is refused, and so are credentials of another account, by any command', async () => {
  expect((await parley('plan', '--stage', 'local')).all).toContain(
    'the one that `pnpm start` runs on this machine',
  );
  expect((await parley('deploy', '--stage', 'a-')).all).toContain('Choose another name.');
  for (const command of ['plan', 'status', 'destroy']) {
    const { exitCode, all } = await parley(command, '--set', 'account=444455556666');
    expect(exitCode, all).toBe(1);
    expect(all).toContain('Stage "dev" lives in account 444455556666, but the credentials');
  }
});

test('what AWS refuses ends in one message with what to do', async () => {
  account.fail('*', {
    code: 'ExpiredToken',
    message: 'The security token included in the request is expired',
    status: 403,
  });
  const { exitCode, all } = await parley('plan');
  expect(exitCode).toBe(1);
  expect(all).toBe(
    'parley: The AWS credentials have expired: The security token included in the request is expired\n' +
      '  Sign in again (`aws sso login`, or whatever gave you the credentials), and check with `aws sts get-caller-identity`.',
  );
});

// Last: it cuts the history of the copy off.
test('in a shallow clone the set is right, and that files cannot be named is said with the mend', async () => {
  const git = async (...args: string[]) => (await copy.run('git', args)).stdout.trim();
  await appendFile(path('stacks/chat-apps/weather/prompt.md'), '\nBe brief.\n');
  const deployed = await git('rev-parse', '--short=7', 'HEAD');
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  await git(...identity, 'commit', '-q', '--no-gpg-sign', '-a', '-m', 'Another prompt');
  await writeFile(path('.git/shallow'), `${await git('rev-parse', 'HEAD')}\n`);
  await git('reflog', 'expire', '--expire=now', '--all');
  await git('gc', '-q', '--prune=now');
  expect(await affected()).toEqual({
    weather: [
      'files: its template or code changed; by which files cannot be said: this clone is shallow and lacks commit ' +
        `${deployed}, which was deployed last: \`git fetch --unshallow\` brings it`,
    ],
  });
});

test('T49: without a merge base turbo takes every stack for affected, or refuses', async () => {
  await copy.run('git', ['branch', '-m', 'feature']);
  const affectedByTurbo = async (base: Record<string, string>) =>
    copy.run('turbo', ['run', 'cdk:deploy', '--affected', '--dry=json'], { env: { ...copy.env, ...base } });
  const { tasks } = JSON.parse((await affectedByTurbo({})).stdout) as {
    tasks: { taskId: string; command: string }[];
  };
  const taken = tasks.filter(
    ({ taskId, command }) => taskId.endsWith('#cdk:deploy') && command !== '<NONEXISTENT>',
  );
  expect(taken.map(({ taskId }) => taskId).toSorted()).toEqual(
    ['foundation', 'frontend', 'inference', 'registry', 'weather'].map((name) => `${name}#cdk:deploy`),
  );
  const named = await affectedByTurbo({ TURBO_SCM_BASE: 'origin/main' });
  expect(named.exitCode).toBe(1);
  expect(named.all).toContain("ambiguous argument 'origin/main'");
});
