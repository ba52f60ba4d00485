import { execa } from 'execa';
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { synthEnv } from '@parley/contract/names';
import { runTurbo, type FailedTask, type TaskRun } from './turbo.ts';
import type { Workspace, WorkspacePackage } from './workspace.ts';

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
  const { ran, cached, failed } =
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
      wanted.map(async ({ name, folder, stack }) => ({
        stack: stack!,
        folder: join(folder, 'cdk.out', stage),
        problems: await problemsOf(workspace, name, failed),
      })),
    ),
  };
}

async function problemsOf(
  { root }: Workspace,
  name: string,
  failed: readonly FailedTask[],
): Promise<string[]> {
  const blocking = failed.filter(({ blocks }) => blocks.includes(name));
  const lines = await Promise.all(blocking.map((task) => linesOf(root, task)));
  return lines.flat();
}

async function linesOf(root: string, { folder, output }: FailedTask): Promise<string[]> {
  const text = typeof output === 'string' ? output : await readFile(output.file, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line.trim() && !isRunnerNoise(line));
  return (lines.length > 0 ? lines : ['failed without a message']).map(
    (line) => `${relative(root, folder)}/${line}`,
  );
}

/** Lines that pnpm and turbo add around what a task says itself. */
function isRunnerNoise(line: string): boolean {
  return /^(>|\$ )|ELIFECYCLE|^\[?(WARN|ELIFECYCLE)\]?|^npm (warn|error)/.test(line.trimStart());
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
  return { ran: builds.length + ready.length, cached: 0, failed };
}
