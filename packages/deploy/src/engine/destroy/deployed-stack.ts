import { edges, ssmInputs, ssmOutputs } from '@parley/assembly/graph';
import type { Template } from '@parley/assembly/references';
import type { JsonObject } from '@parley/assembly/values';
import { isSeededPath, ssmPath, stackName, type Prefix } from '@parley/contract/names';
import type { Cloud } from '../../cloud/connect.ts';
import { readDeployedTemplate } from '../../plan/deployed-template.ts';
import { type LiveStack, readLiveStacks } from '../../plan/live-stacks.ts';
import { ownerOf } from '../../plan/stack-owner.ts';
import { inParallel } from '../in-parallel.ts';

/** A stack of the stage as it stands in the account, whether the workspace has it or not. */
export interface DeployedStack {
  /** Unscoped name. */
  stack: string;
  /** CloudFormation's name. */
  name: string;
  status: string;
  template: Template;
}

const emptyTemplate = {
  Parameters: {},
  Resources: {},
  Metadata: {},
  Mappings: {},
  Conditions: {},
  Outputs: {},
} satisfies Partial<Template>;

/**
 * Every stack of a stage, by what the stacks' own templates say: the name of another stage's stack can begin alike
 * (`parley-dev` and `parley-dev-eu`). One without a template, as it was never made, is known by `names`.
 */
export async function readDeployedStacks(
  cloud: Cloud,
  prefix: Prefix,
  names: Iterable<string>,
): Promise<DeployedStack[]> {
  const live = await readLiveStacks(cloud, prefix);
  const known = new Map([...names].map((stack) => [stackName(prefix, stack), stack]));
  const found: DeployedStack[] = [];
  await inParallel(5, [...live.values()], async (each) => {
    const deployed = await readDeployedStack(cloud, prefix, each, known.get(each.name));
    if (deployed) found.push(deployed);
  });
  return found.toSorted((a, b) => (a.stack < b.stack ? -1 : 1));
}

async function readDeployedStack(
  cloud: Cloud,
  prefix: Prefix,
  { name, status }: LiveStack,
  known: string | undefined,
): Promise<DeployedStack | undefined> {
  const template = status === 'REVIEW_IN_PROGRESS' ? {} : await readDeployedTemplate(cloud, name);
  const owner = ownerOf(template as JsonObject);
  const stack = owner.prefix === prefix ? owner.stack : undefined;
  const isOthers = owner.prefix !== undefined && stack === undefined;
  const called = stack ?? (isOthers ? undefined : known);
  if (called === undefined) return undefined;
  return { stack: called, name, status, template: { ...emptyTemplate, ...template } as Template };
}

/** Stack → the stacks it needs, directly, by what stands. */
export function deployedNeeds(stacks: readonly DeployedStack[], region: string): Map<string, Set<string>> {
  const stackOf = new Map(stacks.map(({ name, stack }) => [name, stack]));
  const needs = new Map(stacks.map(({ stack }) => [stack, new Set<string>()]));
  for (const { from, to } of edges(stacks.map((each) => ({ ...each, region })))) {
    const [consumer, producer] = [stackOf.get(from) ?? from, stackOf.get(to) ?? to];
    if (consumer !== producer) needs.get(consumer)?.add(producer);
  }
  return needs;
}

/** Parameters that the push step wrote for this stack alone. */
export function seededPaths({ template }: DeployedStack): string[] {
  return ssmInputs(template)
    .map(({ path }) => path)
    .filter(isSeededPath);
}

/** Whether the stage's catalog is in this stack. */
export function holdsCatalog({ template }: DeployedStack, prefix: Prefix): boolean {
  return ssmOutputs(template).includes(ssmPath.registry(prefix, 'catalog-table'));
}
