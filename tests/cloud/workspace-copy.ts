import { appendFile, cp, mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { synthEnv } from '@parley/contract/names';
import { region, workspaceEnvironment } from './env.ts';
import { CloudTestError } from './errors.ts';

/** A copy of the workspace with an install of its own, which a test may edit and build. */
export interface WorkspaceCopy {
  path: string;
  /** Builds and synthesizes every stack for a stage, as a deploy would: by turbo, with its cache. */
  synthesize(stage: string): Promise<void>;
}

/** Made by builds, installs and runs; everything else is source and is copied. */
const notSource = new Set([
  '.git',
  '.turbo',
  '.parley',
  '.venv',
  'node_modules',
  'dist',
  'cdk.out',
  'coverage',
]);

/**
 * Copies the workspace's sources below `folder` and installs there. Nothing is shared with the user's
 * node_modules: pnpm installs by itself when it sees fit, and would rewrite links in a shared one.
 */
export async function copyWorkspace(
  root: string,
  folder: string,
  signal: AbortSignal,
): Promise<WorkspaceCopy> {
  // A space in the path, on purpose.
  const path = join(folder, 'workspace copy');
  await mkdir(path);
  for (const name of await readdir(root)) {
    if (notSource.has(name)) continue;
    const filter = (source: string) => !notSource.has(basename(source));
    await cp(join(root, name), join(path, name), { recursive: true, verbatimSymlinks: true, filter });
  }
  const run = runnerIn(path, signal);
  await run(join(root, 'node_modules/.bin/pnpm'), ['install', '--frozen-lockfile', '--prefer-offline']);
  await commitAll(run);
  return {
    path,
    synthesize: async (stage) => {
      await run(join(path, 'node_modules/.bin/turbo'), ['run', 'synth', '--output-logs=errors-only'], {
        [synthEnv.stage]: stage,
        [synthEnv.set]: JSON.stringify({ region }),
        TURBO_CACHE_DIR: join(root, '.turbo', 'cache'),
      });
    },
  };
}

/** Changes the code of one tool in the copy; its definition stays the same. */
export async function changeTool({ path }: WorkspaceCopy, stack: string): Promise<void> {
  const folder = join(path, 'stacks', 'chat-apps', stack, 'tools');
  const sources = (await readdir(folder)).filter((name) => /^[\w-]+\.ts$/.test(name));
  const [file] = sources.toSorted((a, b) => a.localeCompare(b));
  if (file === undefined) throw new CloudTestError('expectation-failed', `${folder} holds no tool to change`);
  await appendFile(join(folder, file), "\nReflect.set(globalThis, 'changedByTestCloud', true);\n");
}

type Runner = (program: string, args: string[], env?: Record<string, string>) => Promise<void>;

function runnerIn(path: string, signal: AbortSignal): Runner {
  return async (program, args, env = {}) => {
    const result = await execa(program, args, {
      cwd: path,
      env: { ...workspaceEnvironment(path), ...env },
      extendEnv: false,
      all: true,
      reject: false,
      cancelSignal: signal,
    });
    signal.throwIfAborted();
    if (result.exitCode === 0) return;
    const told = result.all ?? result.shortMessage;
    const command = [basename(program), ...args].join(' ');
    throw new CloudTestError('command-failed', `${command} failed in ${path}:\n${told.slice(-3000)}`);
  };
}

/** turbo tells sources from outputs by git; without a repository its cache never hits. */
async function commitAll(run: Runner): Promise<void> {
  const author = ['-c', 'user.name=test:cloud', '-c', 'user.email=test-cloud@localhost'];
  await run('git', ['init', '--quiet']);
  await run('git', ['add', '--all']);
  await run('git', [
    ...author,
    'commit',
    '--quiet',
    '--no-gpg-sign',
    '--no-verify',
    '-m',
    'Copy of the workspace',
  ]);
}
