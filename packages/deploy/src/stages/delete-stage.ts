import type { Cloud } from '../cloud/connect.ts';
import { destroyStacks } from '../engine/destroy/destroy-stacks.ts';
import type { Report } from '../engine/events.ts';
import { type Outcome, type Problem, exitCodeOf } from '../engine/outcome.ts';
import { explain } from '../errors.ts';
import { deleteResource } from './delete-resource.ts';
import { leftOfStage } from './left-of-stage.ts';
import type { StageDeletion } from './plan-deletion.ts';
import { deleteParameters, readParameters } from './stage-parameters.ts';
import type { StageResource } from './tagged-resources.ts';

export interface DeleteStageOptions {
  cloud: Cloud;
  /** Whether data and logs go too that a policy keeps. */
  deleteData: boolean;
  report: Report;
  /** Ctrl-C: nothing new begins, and what CloudFormation is at goes on there. */
  signal: AbortSignal;
  /** Milliseconds between two looks at a stack. @default 3000 */
  pollMs?: number;
}

/** How far it came, and what is left. */
export interface StageDeleted {
  outcomes: Outcome[];
  /** What went besides the stacks. */
  deleted: StageResource[];
  /** What could not be deleted. */
  problems: (StageResource & Problem)[];
  /** What is still there of the stage, by a last look; undefined when stacks stand. */
  left: StageResource[] | undefined;
  /** SSM parameters that are still there and that nobody here wrote. */
  leftParameters: string[];
}

/**
 * Deletes a stage: its stacks, then what is in no stack. Can be run again after anything, and goes on where it
 * stopped; what is in no stack goes only when all stacks are gone, which may still need it.
 */
export async function deleteStage(plan: StageDeletion, options: DeleteStageOptions): Promise<StageDeleted> {
  const { cloud, deleteData, report, signal } = options;
  const outcomes = await destroyStacks(plan.destroy, options);
  const result: StageDeleted = { outcomes, deleted: [], problems: [], left: undefined, leftParameters: [] };
  if (exitCodeOf(outcomes) !== 0 || signal.aborted) return result;
  try {
    const wanted = await whatGoes(plan, cloud, deleteData);
    for (const resource of wanted) {
      if (signal.aborted) return result;
      await deleteOne(resource, result, options);
    }
    const { ours } = await readParameters(cloud, plan.prefix);
    await deleteParameters(cloud, ours);
    if (ours.length > 0) report({ type: 'note', text: `deleted ${ours.length} records and image tags` });
    const gone = new Set(result.deleted.map(keyOf));
    result.left = (await lookAgain(plan, cloud)).filter((each) => !gone.has(keyOf(each)));
    result.leftParameters = (await readParameters(cloud, plan.prefix)).others;
    return result;
  } catch (error) {
    throw explain(error);
  }
}

/** Looked for anew: what the stacks left when they went was not there before. */
async function whatGoes(plan: StageDeletion, cloud: Cloud, deleteData: boolean): Promise<StageResource[]> {
  const found = await lookAgain(plan, cloud);
  return found.filter((resource) => (isData(resource) ? deleteData : resource.kind !== 'other'));
}

function isData(resource: StageResource): boolean {
  return resource.kind !== 'images' && resource.kind !== 'other' && !isByProduct(resource);
}

/** AWS made it, beside the stacks. */
function isByProduct({ kind, name }: StageResource): boolean {
  return kind === 'log group' && name.startsWith('/aws/');
}

/** What stays by its policy, and what is found. The tagging service goes on for minutes with what went with a stack. */
async function lookAgain(
  { prefix, others, kept, going }: StageDeletion,
  cloud: Cloud,
): Promise<StageResource[]> {
  const found = (await leftOfStage(cloud, prefix, { others })).filter(
    ({ kind, name }) =>
      kind === 'images' || kind === 'log group' || ![...going].some((gone) => name.endsWith(gone)),
  );
  return [...new Map([...kept, ...found].map((each) => [keyOf(each), each])).values()];
}

function keyOf({ kind, name }: StageResource): string {
  return `${kind} ${name}`;
}

async function deleteOne(
  resource: StageResource,
  { deleted, problems }: StageDeleted,
  { cloud, report }: DeleteStageOptions,
): Promise<void> {
  const { kind, name } = resource;
  try {
    await deleteResource(cloud, resource, (done) => report({ type: 'note', text: `deleted ${done}` }));
    deleted.push(resource);
    report({ type: 'note', text: `deleted ${kind} ${name}` });
  } catch (error) {
    const { code, message, nextStep } = explain(error);
    problems.push({ ...resource, code, message, ...(nextStep === undefined ? {} : { nextStep }) });
    report({ type: 'note', text: `${kind} ${name} could not be deleted: ${message}` });
  }
}
