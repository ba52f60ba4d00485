import { execa, type Options } from 'execa';
import { cp, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { userEnvironment } from './env.ts';

/** A clone of this workspace in another folder, installed as a new user would. */
export interface WorkspaceCopy {
  root: string;
  /** Environment without what the test runner and an outer pnpm added. */
  env: Record<string, string>;
  /** Runs a program in the copy to its end, whatever its exit code. */
  run(
    command: string,
    args: string[],
    options?: Options,
  ): Promise<{ exitCode: number | undefined; all: string; stdout: string }>;
  dispose(): Promise<void>;
}

export interface CopyOptions {
  /** Ends what runs in the copy. */
  signal?: AbortSignal;
  /** Build everything anew, in place of taking what the original has built. @default false */
  ownCache?: boolean;
}

const source = join(import.meta.dirname, '../..');

/**
 * Copies what git would clone, uncommitted edits included, into a folder with a space in its name,
 * makes it a repository of its own (turbo tells sources from outputs by git) and installs it from what is
 * already downloaded. Nothing is shared with the original: pnpm would rewrite links in a shared node_modules.
 */
export async function copyWorkspace({ signal, ownCache = false }: CopyOptions = {}): Promise<WorkspaceCopy> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'parley ')));
  const root = join(folder, 'a clone');
  await copyFiles(root);
  const env = {
    ...userEnvironment(source, root),
    // The CDK remembers there whose account a key is of; tests use one key for several.
    CDK_HOME: join(folder, 'cdk-home'),
    ...(ownCache ? {} : { TURBO_CACHE_DIR: join(source, '.turbo/cache') }),
  };
  const run: WorkspaceCopy['run'] = async (command, args, options = {}) => {
    const { exitCode, all, stdout } = await execa(command, args, {
      cwd: root,
      env,
      extendEnv: false,
      all: true,
      reject: false,
      ...(signal ? { cancelSignal: signal } : {}),
      ...options,
    });
    return { exitCode, all: String(all ?? ''), stdout: String(stdout ?? '') };
  };
  await run('git', ['init', '-q', '-b', 'main']);
  await run('git', ['add', '-A']);
  await run('git', [
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@example.com',
    'commit',
    '-q',
    '--no-gpg-sign',
    '--no-verify',
    '-m',
    'Copy of the workspace',
  ]);
  const installed = await run(join(source, 'node_modules/.bin/pnpm'), [
    'install',
    '--frozen-lockfile',
    '--prefer-offline',
  ]);
  if (installed.exitCode !== 0) throw new Error(`The copy could not be installed:\n${installed.all}`);
  return { root, env, run, dispose: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

async function copyFiles(root: string): Promise<void> {
  const { stdout } = await execa('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: source });
  const folders = new Set<string>();
  for (const file of stdout.split('\0').filter(Boolean)) {
    const folder = dirname(join(root, file));
    if (!folders.has(folder)) await mkdir(folder, { recursive: true });
    folders.add(folder);
    await cp(join(source, file), join(root, file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error; // deleted, and the deletion not yet committed
    });
  }
}
