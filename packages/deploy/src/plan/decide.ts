import type { StackAssembly } from '@parley/assembly/read-assembly';
import { DeployError } from '../errors.ts';
import { fingerprintOf, inputPaths } from '../record/fingerprint.ts';
import { byHandReasons, changeReasons } from './change-reasons.ts';
import { differencesOf, type Differences } from './differences.ts';
import type { Facts } from './facts.ts';
import { ownFiles } from './own-files.ts';
import { stackState } from './stack-state.ts';
import type { PlanInput, PlannedStack, Reason } from './types.ts';

/** What is decided about a stack by itself, before those it comes after are looked at. */
export type Decision = Omit<PlannedStack, 'wave' | 'after' | 'replacements'>;

/** Whether a stack has to be deployed, and why. */
export async function decide(assembly: StackAssembly, facts: Facts, input: PlanInput): Promise<Decision> {
  refuseOtherStage(assembly, input);
  const { stack, name } = assembly;
  const stored = facts.records.get(stack);
  const live = facts.live.get(name);
  const record = stored && 'record' in stored ? stored.record : undefined;
  const fingerprint = fingerprintOf(assembly, { ...facts, settings: input.settings });
  const state = stackState(stack, live, stored, input.cloud.region);
  const differences =
    record && state.isComparable ? differencesOf(record.fingerprint, fingerprint) : undefined;
  const toDeploy = [...state.reasons, ...(await whyChanged(assembly, differences, record, facts, input))];
  const notes = record && live ? byHandReasons(assembly, record, toDeploy.length > 0) : [];
  return {
    stack,
    name,
    action: toDeploy.length > 0 ? 'deploy' : 'skip',
    reasons: [...toDeploy, ...notes],
    ...(state.blocked ? { blocked: state.blocked } : {}),
    assembly,
    fingerprint,
    ...(record ? { record } : {}),
    ...(live ? { live } : {}),
  };
}

async function whyChanged(
  assembly: StackAssembly,
  differences: Differences | undefined,
  record: PlannedStack['record'],
  { changedSince, writers }: Facts,
  { root, packages }: PlanInput,
): Promise<Reason[]> {
  if (!differences || !record) return [];
  const since = await changedSince(record.commit);
  const changed = 'files' in since ? { files: ownFiles(assembly.stack, since.files, root, packages) } : since;
  return changeReasons({ assembly, record, differences, changed, writerOf: (path) => writers.get(path) });
}

/** A value that is not there, and that no stack of the plan will write, keeps a stack from being deployed. */
export function missingInput(
  { stack, assembly }: Pick<PlannedStack, 'stack' | 'assembly'>,
  { values, writers }: Facts,
  willDeploy: (stack: string) => boolean,
  before: readonly string[],
): PlannedStack['blocked'] {
  const path = inputPaths(assembly).find((each) => !values.has(each) && !willDeploy(writers.get(each) ?? ''));
  if (path === undefined) return undefined;
  const writer = writers.get(path);
  const first = writer === undefined ? before.join(' ') : writer;
  return {
    code: 'upstream',
    text: `it reads ${path}, which has no value yet`,
    path,
    nextStep:
      first === ''
        ? `Write a value to ${path} first.`
        : `Deploy what it comes after too: parley deploy ${first} ${stack}.`,
  };
}

/** Design: a deploy refuses an assembly of another stage. */
function refuseOtherStage(
  { stack, folder, prefix }: StackAssembly,
  { stage, prefix: wanted }: PlanInput,
): void {
  if (prefix === wanted) return;
  throw new DeployError(
    'wrong-stage',
    `${folder} was synthesized for ${prefix ?? 'no stage of Parley'}, not for ${wanted}.`,
    { nextStep: `Synthesize it for this stage: parley synth ${stack} --stage ${stage}.` },
  );
}
