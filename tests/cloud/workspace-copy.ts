import { appendFile, cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { synthEnv } from '@parley/contract/names';
import { childEnvironment, region } from './env.ts';
import { CloudTestError } from './errors.ts';

/** Made by builds, installs and runs; everything else is source and is copied. */
const notSource = new Set(['.git', '.turbo', '.parley', '.venv', 'dist', 'cdk.out', 'coverage']);

/**
 * Copies the workspace's sources below `folder`, so that a test may edit and build without touching the
 * user's tree. The root's node_modules is shared by a link; packages link to each other inside the copy.
 */
export async function copyWorkspace(root: string, folder: string): Promise<string> {
  const copy = join(folder, 'workspace copy');
  await mkdir(copy);
  for (const name of await readdir(root)) {
    if (notSource.has(name) || name === 'node_modules') continue;
    await cp(join(root, name), join(copy, name), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !notSource.has(basename(source)),
    });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
  return copy;
}

/** Builds and synthesizes every stack of the copy for a stage, as a deploy would: by turbo, with its cache. */
export async function synthesize(
  root: string,
  copy: string,
  stage: string,
  signal: AbortSignal,
): Promise<void> {
  const result = await execa(
    join(root, 'node_modules', '.bin', 'turbo'),
    ['run', 'synth', '--output-logs=errors-only'],
    {
      cwd: copy,
      env: {
        ...childEnvironment(root),
        [synthEnv.stage]: stage,
        [synthEnv.set]: JSON.stringify({ region }),
        TURBO_CACHE_DIR: join(root, '.turbo', 'cache'),
        TURBO_TELEMETRY_DISABLED: '1',
        DO_NOT_TRACK: '1',
      },
      extendEnv: false,
      all: true,
      reject: false,
      cancelSignal: signal,
    },
  );
  signal.throwIfAborted();
  if (result.exitCode !== 0) {
    throw new CloudTestError('command-failed', `turbo run synth failed:\n${result.all.slice(-3000)}`);
  }
}

/** Changes one tool's code in the copy (its definition stays the same) and returns the tool's name. */
export async function changeTool(copy: string, stack: string): Promise<string> {
  const folder = join(copy, 'stacks', 'chat-apps', stack, 'tools');
  const sources = (await readdir(folder)).filter((name) => /^[\w-]+\.ts$/.test(name));
  const [file] = sources.toSorted((a, b) => a.localeCompare(b));
  if (file === undefined) throw new CloudTestError('expectation-failed', `${folder} holds no tool to change`);
  await appendFile(join(folder, file), "\nReflect.set(globalThis, 'changedByTestCloud', true);\n");
  return basename(file, '.ts');
}
