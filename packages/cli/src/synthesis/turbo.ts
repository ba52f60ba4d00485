import { execa } from 'execa';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../errors.ts';
import { rememberedFor } from './source-state.ts';

/** A task that failed. */
export interface FailedTask {
  /** Folder of the package whose task failed. */
  folder: string;
  /** Everything it printed, or the file that holds it. */
  output: string | { file: string };
  /** Names of the packages that cannot be synthesized because of it. */
  blocks: readonly string[];
}

export interface TaskRun {
  ran: number;
  cached: number;
  failed: readonly FailedTask[];
  /** By task (`weather#synth`), the hash of what it is made from. Empty without turbo. */
  hashes: TaskHashes;
}

/** The part of turbo's run summary that is read here. */
const summary = z.object({
  tasks: z.array(
    z.object({
      taskId: z.string(),
      package: z.string(),
      hash: z.string(),
      directory: z.string(),
      logFile: z.string(),
      command: z.string(),
      dependents: z.array(z.string()).default([]),
      cache: z.object({ status: z.string() }).optional(),
      execution: z.object({ exitCode: z.number().nullish() }).nullish(),
    }),
  ),
});
type Task = z.infer<typeof summary>['tasks'][number];

export interface TurboOptions {
  root: string;
  task: string;
  env: Record<string, string>;
  /** Names of the packages to run it for. Default: all that have it. */
  filter?: readonly string[] | undefined;
}

/** Code that a synthesis loads is compiled once for all: 0.9 s of processor time for each in place of 1.2 s. */
function taskEnvironment(root: string): Record<string, string> {
  return { TURBO_TELEMETRY_DISABLED: '1', NODE_COMPILE_CACHE: join(root, '.turbo', 'compile-cache') };
}

/** Runs one task by turbo, in every package it can, and reads from its summary what came of it. */
export async function runTurbo({ root, task, env, filter = [] }: TurboOptions): Promise<TaskRun> {
  const runs = join(root, '.turbo', 'runs');
  await rm(runs, { recursive: true, force: true });
  const { all } = await execa(
    'turbo',
    [
      'run',
      task,
      '--continue=dependencies-successful',
      '--output-logs=none',
      '--summarize',
      ...filter.map((name) => `--filter=${name}`),
    ],
    {
      cwd: root,
      env: { ...env, ...taskEnvironment(root) },
      preferLocal: true,
      localDir: root,
      all: true,
      reject: false,
    },
  );
  const [file] = await readdir(runs).catch(() => []);
  if (!file) throw new UserError(`turbo could not run "${task}":\n${all ?? ''}`);
  const { tasks } = summary.parse(JSON.parse(await readFile(join(runs, file), 'utf8')));
  const real = tasks.filter(({ command }) => command !== '<NONEXISTENT>');
  const cached = real.filter(({ cache }) => cache?.status === 'HIT').length;
  return {
    cached,
    ran: real.length - cached,
    failed: failures(root, task, tasks),
    hashes: Object.fromEntries(tasks.map(({ taskId, hash }) => [taskId, hash])),
  };
}

/** The part of turbo's account of what it would do that is read here. */
const forecast = z.object({ tasks: z.array(z.object({ taskId: z.string(), hash: z.string() })) });
const hashes = z.record(z.string(), z.string());
export type TaskHashes = Readonly<z.infer<typeof hashes>>;

/**
 * By task (`weather#synth`), a hash of everything it is made from: of the task asked for, and of those it waits for.
 * Nothing is run; of sources that were asked about last, turbo is not even asked.
 */
export async function taskHashes(options: TurboOptions): Promise<TaskHashes> {
  const { root, task, env, filter = [] } = options;
  return rememberedFor(root, `${task}-hashes`, JSON.stringify([task, env, filter]), {
    parse: (value) => hashes.parse(value),
    make: async () => askForHashes(options),
  });
}

async function askForHashes({ root, task, env, filter = [] }: TurboOptions): Promise<TaskHashes> {
  const { exitCode, stdout, stderr } = await execa(
    'turbo',
    ['run', task, '--dry=json', ...filter.map((name) => `--filter=${name}`)],
    {
      cwd: root,
      env: { ...env, ...taskEnvironment(root) },
      preferLocal: true,
      localDir: root,
      reject: false,
    },
  );
  if (exitCode !== 0) throw new UserError(`turbo could not run "${task}":\n${stderr}`);
  const { tasks } = forecast.parse(JSON.parse(stdout));
  return Object.fromEntries(tasks.map(({ taskId, hash }) => [taskId, hash]));
}

function failures(root: string, task: string, tasks: readonly Task[]): FailedTask[] {
  const byId = new Map(tasks.map((each) => [each.taskId, each]));
  return tasks
    .filter(({ execution }) => (execution?.exitCode ?? 0) !== 0)
    .map((failed) => ({
      folder: join(root, failed.directory),
      output: { file: join(root, failed.logFile) },
      blocks: [...reachable(failed.taskId, byId)]
        .filter((id) => id.endsWith(`#${task}`))
        .map((id) => id.slice(0, id.lastIndexOf('#'))),
    }));
}

/** The task and everything that waits for it; what waited and never ran is not in the summary itself. */
function reachable(
  id: string,
  byId: ReadonlyMap<string, Task>,
  found: Set<string> = new Set<string>(),
): Set<string> {
  if (found.has(id)) return found;
  found.add(id);
  for (const dependent of byId.get(id)?.dependents ?? []) reachable(dependent, byId, found);
  return found;
}
