import type { PlanInput } from '@parley/deploy/plan';
import { prefixOf, synthEnv } from '@parley/contract/names';
import { UserError } from '../errors.ts';
import { refuseUnfitStage } from './stage-name.ts';
import type { SetOptions } from '@parley/deploy/command-line';
import { stacksAskedFor } from '../stage-options.ts';
import { synthesizedBefore } from '../synthesis/synthesized-before.ts';
import { synthesizeStale } from '../synthesis/synthesize-stale.ts';
import { tagOfPackage } from './workspace-images.ts';
import { type Workspace, readWorkspace, workspaceRoot } from '../workspace.ts';

export interface PlanOptions {
  stage: string;
  set: SetOptions;
  verify?: boolean;
  /** Take the assemblies as they stand, and leave out stacks that have none. @default false */
  isSynthesized?: boolean;
  /** Told what does not keep the plan from being made. */
  note(line: string): void;
}

/**
 * Reads the workspace and synthesizes the stacks asked for (by default all of it, or the one whose folder this is):
 * everything a plan is made from.
 * @throws UserError with a line per problem of the sources
 */
export async function planInput(names: readonly string[], options: PlanOptions): Promise<PlanInput> {
  const { stage, set } = options;
  const workspace = await readWorkspace(workspaceRoot(process.cwd()));
  for (const line of workspace.duplicates) options.note(line);
  const stacks = stacksAskedFor(workspace, names, process.cwd());
  // What is synthesized by other processes and what is loaded in this one go side by side.
  const [{ stacks: synthesized }, settings, { connect }, assembly] = await Promise.all([
    options.isSynthesized
      ? synthesizedBefore({ workspace, stage, stacks })
      : synthesizeStale({ workspace, stage, set, stacks }),
    readSettings(workspace, options),
    import('@parley/deploy/cloud'),
    import('@parley/assembly/read-assembly'),
    import('@parley/deploy/plan'),
    import('@aws-sdk/client-ssm'),
    import('@aws-sdk/client-cloudformation'),
  ]);
  const prefix = prefixOf(settings.project, stage);
  await refuseUnfitStage(stage, prefix);
  const problems = new Set(synthesized.flatMap((each) => each.problems));
  if (problems.size > 0) throw new UserError(`The sources have problems:\n${lines(problems)}`);
  const source = {
    prefix,
    root: workspace.root,
    packages: workspace.packages,
    assemblies: await Promise.all(synthesized.map(({ folder }) => assembly.readStackAssembly(folder))),
  };
  return {
    ...source,
    cloud: connect({ region: settings.region }),
    stage,
    settings: settings.values,
    set,
    imageTag: tagOfPackage(source),
    ...(options.verify === undefined ? {} : { verify: options.verify }),
  };
}

/** Project, region and settings of a stage, as parley.config.ts and `--set` have them. */
export async function readSettings(
  { root }: Pick<Workspace, 'root'>,
  { stage, set, note }: Pick<PlanOptions, 'stage' | 'set' | 'note'>,
) {
  const [{ projectOf, settingsOf }, { readConfig }] = await Promise.all([
    import('@parley/cdk/config'),
    import('@parley/cdk/config-file'),
  ]);
  const config = await readConfig(root);
  const { stages } = config as { stages?: Record<string, unknown> };
  const values = withTypedNames(() => settingsOf(config, stage, set));
  if (!(stage in (stages ?? {}))) note(`stage "${stage}" is not in parley.config.ts: it has the defaults`);
  return { project: projectOf(config), region: values.region, values };
}

/** What was typed was `--set <key>`, however it reaches the synthesis. */
function withTypedNames<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const message = error.message.replaceAll(new RegExp(`^${synthEnv.set}: `, 'gm'), '--set ');
    throw new UserError(message, { cause: error });
  }
}

function lines(texts: Iterable<string>): string {
  return [...texts].map((text) => `  ${text}`).join('\n');
}
