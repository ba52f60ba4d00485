import { ssmPath, type Prefix } from '@parley/contract/names';
import type { Cloud } from '../../cloud/connect.ts';
import { type StageArguments, commandLine } from '../../command-line.ts';
import { DeployError, explain } from '../../errors.ts';
import { declaredGraph, wavesOf } from '../../graph/graph.ts';
import type { WorkspacePackage } from '../../graph/declaration.ts';
import { readValues } from '../../plan/read-values.ts';
import { readRecords } from '../../record/records.ts';
import {
  type DeployedStack,
  deployedNeeds,
  holdsCatalog,
  readDeployedStacks,
  seededPaths,
} from './deployed-stack.ts';
import { type Registration, readRegistrations } from './registrations.ts';
import { type RemovalOfStack, removalOf } from './stack-resources.ts';

export interface DestroyInput extends StageArguments {
  cloud: Cloud;
  prefix: Prefix;
  root: string;
  packages: readonly WorkspacePackage[];
  /** Stacks to remove, also such as the workspace has no more. @default all that stand */
  stacks?: readonly string[] | undefined;
}

export interface StackToDestroy extends DeployedStack, RemovalOfStack {
  /** From 0, in the order of removal. */
  wave: number;
  /** SSM parameters of the push step that go with it. */
  seeded: string[];
  /** Table of registrations, if this stack holds it. */
  catalogTable: string | undefined;
}

/** What would be removed, in which order, and what stays. */
export interface DestroyPlan {
  stage: string;
  prefix: Prefix;
  region: string;
  stacks: StackToDestroy[];
  /** Stack → the stacks it needs, the indirect ones included. */
  needs: ReadonlyMap<string, ReadonlySet<string>>;
  /** Asked for and not there. Their records go all the same. */
  absent: string[];
  /** What no stack holds and is therefore not removed. */
  remains: string[];
}

/**
 * Looks at what stands and decides how to remove it. Reads only.
 * @throws DeployError `unknown-stack`, `still-needed` or `registered`
 */
export async function planDestroy(input: DestroyInput): Promise<DestroyPlan> {
  try {
    return await makePlan(input);
  } catch (error) {
    throw explain(error);
  }
}

async function makePlan(input: DestroyInput): Promise<DestroyPlan> {
  const { cloud, stage, prefix, root, packages } = input;
  const records = await readRecords(cloud, prefix);
  const workspace = packages.flatMap(({ stack }) => stack ?? []);
  const standing = await readDeployedStacks(cloud, prefix, [...workspace, ...records.keys()]);
  const names = standing.map(({ stack }) => stack);
  const wanted = [...new Set(input.stacks ?? [...names, ...records.keys()])];
  refuseUnknown(wanted, [...names, ...records.keys(), ...workspace]);
  const needs = allNeeds(standing, declaredGraph(root, packages).needs, cloud.region);
  const targets = standing.filter(({ stack }) => wanted.includes(stack));
  refuseNeeded(targets, needs, input);
  const waves = wavesOf(
    targets.map(({ stack }) => stack),
    needs,
  ).toReversed();
  const stacks = await Promise.all(
    targets.map(async (each) => ({
      ...each,
      ...(await removalOf(cloud, each)),
      wave: waves.findIndex((wave) => wave.includes(each.stack)),
      seeded: seededPaths(each),
      catalogTable: await catalogTable(cloud, prefix, each),
    })),
  );
  await refuseRegistered(stacks, cloud, standing);
  return {
    stage,
    prefix,
    region: cloud.region,
    stacks: stacks.toSorted((a, b) => a.wave - b.wave),
    needs,
    absent: wanted.filter((stack) => !names.includes(stack)),
    remains: [`container images (repositories ${prefix}/…), which other stacks' deploys may use again`],
  };
}

function refuseUnknown(wanted: readonly string[], known: readonly string[]): void {
  const unknown = wanted.filter((stack) => !known.includes(stack));
  if (unknown.length === 0) return;
  const there = [...new Set(known)].toSorted().join(', ');
  throw new DeployError('unknown-stack', `No stack is called ${unknown.join(', ')}. There are: ${there}.`);
}

/** What stands counts, and what the workspace declares. */
function allNeeds(
  standing: readonly DeployedStack[],
  declared: ReadonlyMap<string, ReadonlySet<string>>,
  region: string,
): Map<string, Set<string>> {
  const direct = deployedNeeds(standing, region);
  for (const [stack, needs] of direct) for (const need of declared.get(stack) ?? []) needs.add(need);
  const all = new Map<string, Set<string>>();
  const visit = (stack: string, found: Set<string>): Set<string> => {
    for (const need of direct.get(stack) ?? []) {
      if (found.has(need)) continue;
      found.add(need);
      visit(need, found);
    }
    return found;
  };
  for (const stack of direct.keys()) all.set(stack, visit(stack, new Set()));
  return all;
}

function refuseNeeded(
  targets: readonly DeployedStack[],
  needs: ReadonlyMap<string, ReadonlySet<string>>,
  run: StageArguments,
): void {
  const going = targets.map(({ stack }) => stack);
  const left = [...needs.keys()].filter((stack) => !going.includes(stack));
  const lines = going.flatMap((stack) => {
    const by = left.filter((other) => needs.get(other)?.has(stack));
    return by.length === 0 ? [] : [`${stack} is needed by ${by.join(', ')}`];
  });
  if (lines.length === 0) return;
  const needers = left.filter((other) => going.some((stack) => needs.get(other)?.has(stack)));
  throw new DeployError('still-needed', `${lines.join('; ')}: nothing was removed.`, {
    nextStep: `Remove them too: ${commandLine(`destroy ${[...going, ...needers].join(' ')}`, run)}`,
  });
}

async function catalogTable(cloud: Cloud, prefix: Prefix, stack: DeployedStack): Promise<string | undefined> {
  if (!holdsCatalog(stack, prefix)) return undefined;
  const path = ssmPath.registry(prefix, 'catalog-table');
  return (await readValues(cloud, [path])).get(path);
}

/** Design: the registry stays while somebody else's registrations are in it. */
async function refuseRegistered(
  stacks: readonly StackToDestroy[],
  cloud: Cloud,
  standing: readonly DeployedStack[],
): Promise<void> {
  const going = new Set(stacks.map(({ name }) => name));
  const staying = standing.filter(({ name }) => !going.has(name)).map(({ name }) => name);
  for (const { stack, catalogTable: table } of stacks) {
    if (table === undefined) continue;
    const left = (await readRegistrations(cloud, table)).filter(({ owner }) => staying.includes(owner));
    if (left.length > 0) throw registered(stack, left);
  }
}

export function registered(stack: string, left: readonly Registration[]): DeployError {
  const owners = [...new Set(left.map(({ owner }) => owner))];
  const what = left.map(({ kind, id, owner }) => `${kind} "${id}" of ${owner}`).join(', ');
  return new DeployError('registered', `${stack} stays, as it holds registrations: ${what}.`, {
    nextStep: `Remove ${owners.join(' and ')} first, or in the same command.`,
  });
}
