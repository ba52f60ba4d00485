import { stackName } from '@parley/contract/names';
import type { StackAssembly } from '@parley/assembly/read-assembly';
import { commandLine } from '../command-line.ts';
import { DeployError } from '../errors.ts';
import { fingerprintOf, inputPaths } from '../record/fingerprint.ts';
import { byHandReasons } from './by-hand-reasons.ts';
import { changeReasons } from './change-reasons.ts';
import { differencesOf, type Differences } from './differences.ts';
import type { Facts } from './facts.ts';
import { newerDeploy } from './newer-deploy.ts';
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
  const state = stackState(stack, live, stored, { ...input, region: input.cloud.region });
  const differences =
    record && state.isComparable ? differencesOf(record.fingerprint, fingerprint) : undefined;
  const toDeploy = [...state.reasons, ...(await whyChanged(assembly, differences, record, facts, input))];
  const notes = record && live ? byHandReasons(assembly, record, input) : [];
  const newer = toDeploy.length > 0 ? await newerDeploy(stack, record, live, input) : undefined;
  return {
    stack,
    name,
    action: toDeploy.length > 0 && !newer ? 'deploy' : 'skip',
    reasons: [...(newer ? [newer] : toDeploy), ...notes],
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

/** What a deploy could not do without: stacks that it comes after, and the values that it reads. */
export function whatIsMissing(
  { stack, assembly }: Pick<PlannedStack, 'stack' | 'assembly'>,
  { values, writers, live }: Facts,
  input: PlanInput,
  needs: readonly string[],
  willDeploy: (stack: string) => boolean,
): PlannedStack['blocked'] {
  const absent = needs.filter((need) => !live.has(stackName(input.prefix, need)) && !willDeploy(need));
  if (absent.length > 0) {
    return {
      code: 'upstream',
      text: `it comes after ${absent.join(' and ')}, which ${absent.length > 1 ? 'are' : 'is'} not deployed`,
      nextStep: `Deploy both: ${commandLine(`deploy ${[...absent, stack].join(' ')}`, input)}`,
    };
  }
  const path = inputPaths(assembly).find((each) => !values.has(each) && !willDeploy(writers.get(each) ?? ''));
  if (path === undefined) return undefined;
  const writer = writers.get(path);
  return {
    code: 'upstream',
    text: `it reads ${path}, which has no value`,
    path,
    nextStep:
      writer === undefined
        ? `Deploy what writes it once more, or write a value to it.`
        : `Its writer's deploy is not complete: ${commandLine(`deploy ${writer}`, input)}`,
  };
}

/** Design: a deploy refuses an assembly of another stage. */
function refuseOtherStage({ stack, folder, prefix }: StackAssembly, input: PlanInput): void {
  const { prefix: wanted } = input;
  if (prefix === wanted) return;
  throw new DeployError(
    'wrong-stage',
    `${folder} was synthesized for ${prefix ?? 'no stage of Parley'}, not for ${wanted}.`,
    { nextStep: `Synthesize it for this stage: ${commandLine(`synth ${stack}`, input)}` },
  );
}
