import { prefixOf } from '@parley/contract/names';
import type { StageDeletion } from '@parley/deploy/stages';
import { ask } from '../ask.ts';
import { deployReporter } from '../deploy/deploy-reporter.ts';
import { UserError } from '../errors.ts';
import { interruption } from '../interruption.ts';
import { printable } from '../printable.ts';
import { deletedLines, deletionLines, isNothing } from './deletion-lines.ts';
import { stageCloud } from '../stage-cloud.ts';
import { knownStages } from './known-stages.ts';

export interface DeleteCommandOptions {
  set: Record<string, string>;
  deleteData?: boolean;
  keepData?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
}

/** `parley stage delete <name>` */
export async function deleteStage(stage: string, options: DeleteCommandOptions): Promise<void> {
  const { set, deleteData, keepData, dryRun, yes, json = false } = options;
  if (deleteData && keepData) throw new UserError('--delete-data and --keep-data: say one of them.');
  const began = performance.now();
  const signal = interruption();
  const reporter = deployReporter({ json, verb: 'destroy' });
  reporter.step('looking at what there is');
  const { workspace, prefix, cloud } = await stageCloud(stage, set, reporter.note);
  const { project, stages: known } = await knownStages(reporter.note, [cloud.region]);
  const [{ deleteStage: carryOut, planStageDeletion }, { exitCodeOf }] = await Promise.all([
    import('@parley/deploy/stages'),
    import('@parley/deploy/engine'),
  ]);
  const { root, packages } = workspace;
  const others = known.map((each) => prefixOf(project, each.stage)).filter((each) => each !== prefix);
  const plan = await planStageDeletion({ cloud, stage, prefix, root, packages, others, note: reporter.note });
  for (const line of deletionLines(plan, deleteData ? 'delete' : keepData ? 'keep' : undefined)) {
    reporter.line(printable(line));
  }
  reporter.json({ type: 'deletion', ...toJson(plan) });
  if (dryRun || isNothing(plan)) return;
  refuseUndecided(plan, options);
  if (!yes && !(await isMeant(plan, json))) {
    process.stdout.write('Nothing was deleted.\n');
    return;
  }
  const result = await carryOut(plan, {
    cloud,
    deleteData: deleteData ?? false,
    report: reporter.event,
    signal,
  });
  if (result.outcomes.length > 0) reporter.done(result.outcomes, (performance.now() - began) / 1000);
  if (result.left !== undefined)
    for (const line of deletedLines(plan, result, { deleteData, set })) reporter.line(printable(line));
  const { deleted, problems, left, leftParameters } = result;
  reporter.json({ type: 'deleted', deleted, problems, left, leftParameters });
  process.exitCode = exitCodeOf(result.outcomes) || (signal.aborted ? 130 : problems.length > 0 ? 1 : 0);
  if (signal.aborted) process.exit();
}

/** Nothing is chosen for the owner of the data. */
function refuseUndecided(
  { stage, kept }: StageDeletion,
  { deleteData, keepData }: DeleteCommandOptions,
): void {
  if (kept.length === 0 || deleteData || keepData) return;
  throw new UserError(
    `Stage "${stage}" protects its data. Nothing was deleted. Say --keep-data (the stacks go; tables, buckets, users ` +
      'and logs stay in the account, and a stage made anew does not use the tables, buckets and users) or --delete-data ' +
      '(they go too, for good).',
  );
}

/** Only the stage's name, typed, means yes. */
async function isMeant({ stage }: StageDeletion, json: boolean): Promise<boolean> {
  if (json || !process.stdin.isTTY) throw new UserError(`This deletes stage "${stage}": say --yes.`);
  return (await ask(`Type the stage's name to delete it (${stage}): `)) === stage;
}

function toJson({
  stage,
  prefix,
  region,
  destroy,
  buckets,
  kept,
  images,
  byProducts,
  parameters,
}: StageDeletion) {
  const stacks = destroy.stacks.map(({ stack, name, status, wave, lost, retained }) => ({
    stack,
    name,
    status,
    wave,
    lost,
    retained,
  }));
  return { stage, prefix, region, stacks, buckets, kept, images, byProducts, parameters };
}
