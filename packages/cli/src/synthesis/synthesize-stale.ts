import { execa } from 'execa';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { synthEnv } from '@parley/contract/names';
import { madeFrom, madeNothing } from './made-from.ts';
import { problemLines } from './problem-lines.ts';
import { type StackSynthesis, type Synthesis, type SynthesizeOptions, synthesize } from './synthesize.ts';
import { type TaskHashes, runTurbo, taskHashes } from './turbo.ts';
import type { WorkspacePackage } from '../workspace.ts';

/**
 * From this many stale stacks on, one process for all: 20 take 1 s so and 8 s by turbo (cold, two cores, when the tools
 * were chosen). One takes little less so than by turbo (1.0 and 1.2 s of processor time), whose cache then has it. Where
 * between the two the number lies is a choice.
 */
const manyStacks = 4;

/**
 * Brings the assemblies of stacks up to date, and does nothing for those that are: turbo says by a hash what each
 * would be made from, and an assembly holds the hash it was made from. Few stale ones go through turbo's cache;
 * many are synthesized in one process.
 */
export async function synthesizeStale(options: SynthesizeOptions): Promise<Synthesis> {
  const { workspace, stage, stacks } = options;
  if (workspace.duplicates.length > 0) return synthesize(options);
  const wanted = workspace.packages.filter(({ stack }) => stack && (!stacks || stacks.includes(stack)));
  const hashes = await taskHashes({
    root: workspace.root,
    task: 'synth',
    env: environment(options),
    filter: stacks && wanted.map(({ name }) => name),
  });
  const checked = await Promise.all(
    wanted.map(async (each) => ({
      ...each,
      isStale: (await madeFrom(each.folder, stage)) !== hashes[synthOf(each)],
    })),
  );
  const stale = checked.filter(({ isStale }) => isStale);
  const fresh = checked.filter(({ isStale }) => !isStale).map((each) => synthesis(each, stage, []));
  if (stale.length === 0) return { stacks: fresh, ran: 0, cached: fresh.length };
  const names = stale.flatMap(({ stack }) => stack ?? []);
  const rest = await (stale.length < manyStacks
    ? synthesize({ ...options, stacks: names })
    : synthesizeTogether(options, stale, hashes));
  return { ...rest, stacks: [...fresh, ...rest.stacks], cached: rest.cached + fresh.length };
}

/** Builds by turbo, then synthesizes in one process what could be built. */
async function synthesizeTogether(
  options: SynthesizeOptions,
  stale: readonly WorkspacePackage[],
  hashes: TaskHashes,
): Promise<Synthesis> {
  const { workspace, stage, set } = options;
  const filter = stale.map(({ name }) => `${name}...`);
  const built = await runTurbo({ root: workspace.root, task: 'build', env: environment(options), filter });
  // Which stack waits for which build is turbo's to know: it tells what failed.
  if (built.failed.length > 0)
    return synthesize({ ...options, stacks: stale.flatMap(({ stack }) => stack ?? []) });
  const program = fileURLToPath(import.meta.resolve('@parley/cdk/synth-together'));
  const { stdout } = await execa(process.execPath, ['--stack-trace-limit=10', program], {
    input: JSON.stringify({
      stage,
      overrides: set,
      stacks: stale.map((each) => ({ folder: each.folder, sourcesHash: hashes[synthOf(each)] ?? '' })),
    }),
  });
  const { togetherOutput } = await import('@parley/cdk/synth-together');
  const printed = new Map(
    togetherOutput.parse(JSON.parse(stdout)).map((each) => [each.folder, each.printed]),
  );
  return {
    ran: built.ran + stale.length,
    cached: built.cached,
    stacks: await Promise.all(
      stale.map(async (each) => {
        const text = printed.get(each.folder) ?? '';
        const problems =
          text === ''
            ? await madeNothing(workspace.root, each.folder, stage, hashes[synthOf(each)])
            : problemLines(workspace.root, each.folder, text);
        return synthesis(each, stage, problems);
      }),
    ),
  };
}

/** Turbo's name of the task that synthesizes a stack. */
function synthOf({ name }: WorkspacePackage): string {
  return `${name}#synth`;
}

function synthesis({ stack, folder }: WorkspacePackage, stage: string, problems: string[]): StackSynthesis {
  return { stack: stack!, folder: join(folder, 'cdk.out', stage), problems };
}

function environment({ stage, set }: SynthesizeOptions): Record<string, string> {
  return { [synthEnv.stage]: stage, [synthEnv.set]: JSON.stringify(set) };
}
