import { execa } from 'execa';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { synthEnv } from '@parley/contract/names';
import { madeNothing } from './made-from.ts';
import { problemLines } from './problem-lines.ts';
import { runTurbo, type FailedTask, type TaskRun } from './turbo.ts';
import type { Workspace, WorkspacePackage } from '../workspace.ts';

export interface SynthesizeOptions {
  workspace: Workspace;
  stage: string;
  /** Settings that win over parley.config.ts for this one command, by key. */
  set: Record<string, unknown>;
  /** Names of the stacks wanted. Default: all. */
  stacks?: readonly string[] | undefined;
}

/** A stack after synthesis: the folder of its cloud assembly, and what is wrong with it if anything is. */
export interface StackSynthesis {
  stack: string;
  folder: string;
  /** One line per problem, with its file; the assembly is of use only when there is none. */
  problems: readonly string[];
}

export interface Synthesis {
  stacks: StackSynthesis[];
  /** Tasks that ran, and tasks whose result was in the cache. */
  ran: number;
  cached: number;
}

/**
 * Builds and synthesizes stacks for one stage; what is unchanged comes from turbo's cache.
 * One stack's problems do not keep the others from being synthesized.
 */
export async function synthesize({ workspace, stage, set, stacks }: SynthesizeOptions): Promise<Synthesis> {
  const wanted = workspace.packages.filter(({ stack }) => stack && (!stacks || stacks.includes(stack)));
  const env = { [synthEnv.stage]: stage, [synthEnv.set]: JSON.stringify(set) };
  const { ran, cached, failed, hashes } =
    workspace.duplicates.length > 0
      ? await runInTurn(workspace, wanted, env)
      : await runTurbo({
          root: workspace.root,
          task: 'synth',
          env,
          filter: stacks && wanted.map(({ name }) => name),
        });
  return {
    ran,
    cached,
    stacks: await Promise.all(
      wanted.map(async ({ name, folder, stack }) => {
        const said = await problemsOf(workspace, name, failed);
        const problems =
          said.length > 0 ? said : await madeNothing(workspace.root, folder, stage, hashes[`${name}#synth`]);
        return { stack: stack!, folder: join(folder, 'cdk.out', stage), problems };
      }),
    ),
  };
}

async function problemsOf(
  { root }: Workspace,
  name: string,
  failed: readonly FailedTask[],
): Promise<string[]> {
  // A failure that nothing seems to wait for still means that something was not built.
  const blocking = failed.filter(({ blocks }) => blocks.length === 0 || blocks.includes(name));
  const lines = await Promise.all(
    blocking.map(async ({ folder, output }) => {
      const text = typeof output === 'string' ? output : await readFile(output.file, 'utf8').catch(() => '');
      return problemLines(root, folder, text);
    }),
  );
  return lines.flat();
}

/**
 * The way without turbo, which refuses a workspace in which two packages share a name:
 * every build, then every synthesis, none from a cache.
 */
async function runInTurn(
  { packages }: Workspace,
  wanted: readonly WorkspacePackage[],
  env: Record<string, string>,
): Promise<TaskRun> {
  const failed: FailedTask[] = [];
  const everyStack = wanted.map(({ name }) => name);
  const run = async (
    { folder }: WorkspacePackage,
    script: string,
    blocks: readonly string[],
  ): Promise<void> => {
    const { exitCode, all } = await execa(process.execPath, ['--run', script], {
      cwd: folder,
      env,
      all: true,
      reject: false,
    });
    if (exitCode !== 0) failed.push({ folder, output: all, blocks });
  };
  const builds = packages.filter(({ scripts }) => scripts.includes('build'));
  await Promise.all(builds.map((each) => run(each, 'build', each.stack ? [each.name] : everyStack)));
  const ready = wanted.filter(({ name }) => !failed.some(({ blocks }) => blocks.includes(name)));
  await Promise.all(ready.map((each) => run(each, 'synth', [each.name])));
  return { ran: builds.length + ready.length, cached: 0, failed, hashes: {} };
}
