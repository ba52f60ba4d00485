import { stackName } from '@parley/contract/names';
import { type DeployGraph, checkGraph, declaredGraph, wavesOf } from '../graph/graph.ts';
import { explain } from '../errors.ts';
import { type Decision, decide, whatIsMissing } from './decide.ts';
import { driftOf, readDeployedTemplate } from './deployed-template.ts';
import { type Facts, readFacts } from './facts.ts';
import { foreignStack } from './foreign-stack.ts';
import type { LiveStack } from './live-stacks.ts';
import { mayFollow } from './may-follow.ts';
import { replacementsIn } from './replacements.ts';
import type { LeftStack, Plan, PlanInput, PlannedStack } from './types.ts';

export type { LeftStack, Plan, PlanInput, PlannedStack, Reason, ReasonCode, Replacement } from './types.ts';

/**
 * Compares every stack with what is recorded and what stands. Reads only.
 * @throws DeployError when the graph is wrong, or AWS cannot be asked
 */
export async function planStage(input: PlanInput): Promise<Plan> {
  const { root, packages, assemblies, stage, prefix, cloud } = input;
  const graph = declaredGraph(root, packages);
  const planned = assemblies.map(({ stack }) => stack);
  checkGraph(graph, root, packages, assemblies, isWhole(input));
  const facts = await readFacts(input);
  const decisions = await decideEach(input, planned, facts);
  const stacks = inWaves(decisions, graph, facts, input);
  await addWhatStands(stacks, input);
  return { stage, prefix, region: cloud.region, stacks, left: leftStacks(input, facts), input };
}

/** Decides some stacks of a plan again, as things stand now: what was deployed before them may have changed values. */
export async function decideAgain(
  { input, stacks }: Plan,
  again: readonly string[],
): Promise<PlannedStack[]> {
  const facts = await readFacts(input);
  const decided = await decideEach(input, again, facts);
  const before = new Map(stacks.map((each) => [each.stack, each]));
  const result = decided.map((decision): PlannedStack => {
    const blocked = decision.blocked ?? whatIsMissing(decision, facts, input, [], () => false);
    return {
      ...decision,
      ...(blocked ? { blocked } : {}),
      wave: before.get(decision.stack)?.wave ?? 0,
      after: [],
      replacements: [],
    };
  });
  await addWhatStands(result, input);
  return result;
}

async function decideEach(input: PlanInput, stacks: readonly string[], facts: Facts): Promise<Decision[]> {
  const assemblies = input.assemblies.filter(({ stack }) => stacks.includes(stack));
  const decided = await Promise.all(assemblies.map((assembly) => decide(assembly, facts, input)));
  return input.verify ? Promise.all(decided.map((each) => verified(each, input))) : decided;
}

async function verified(decision: Decision, { cloud }: PlanInput): Promise<Decision> {
  if (decision.action === 'deploy') return decision;
  try {
    const drift = await driftOf(cloud, decision.assembly);
    return drift ? { ...decision, action: 'deploy', reasons: [drift, ...decision.reasons] } : decision;
  } catch (error) {
    throw explain(error);
  }
}

function inWaves(
  decisions: readonly Decision[],
  { needs }: DeployGraph,
  facts: Facts,
  input: PlanInput,
): PlannedStack[] {
  const waves = wavesOf(
    decisions.map(({ stack }) => stack),
    needs,
  );
  const placed = waves.flatMap((stacks, wave) =>
    stacks.map((stack) => ({ ...decisions.find((each) => each.stack === stack)!, wave })),
  );
  const deployed = new Set(placed.filter(({ action }) => action === 'deploy').map(({ stack }) => stack));
  const mayChange = new Set(deployed);
  return placed.map((each) => {
    const { after, reasons } = mayFollow(each, facts.writers, mayChange);
    if (after.length > 0) mayChange.add(each.stack);
    const before = [...(needs.get(each.stack) ?? [])];
    const blocked = each.blocked ?? whatIsMissing(each, facts, input, before, (stack) => deployed.has(stack));
    return { ...each, ...(blocked ? { blocked } : {}), after, reasons, replacements: [] };
  });
}

/** What only the deployed templates tell: whose the stacks are, and what would not survive. */
async function addWhatStands(stacks: readonly PlannedStack[], { cloud }: PlanInput): Promise<void> {
  try {
    await Promise.all(
      stacks.map(async (each) => {
        if (each.action !== 'deploy' || !each.live || each.live.status === 'REVIEW_IN_PROGRESS') return;
        const deployed = await readDeployedTemplate(cloud, each.name);
        const foreign = foreignStack(deployed, each);
        if (foreign) each.blocked = foreign;
        else if (holdsSomething(each.live)) each.replacements = await replacementsIn(deployed, each);
      }),
    );
  } catch (error) {
    throw explain(error);
  }
}

/** A stack whose creation was taken back has nothing to lose. */
function holdsSomething({ status }: LiveStack): boolean {
  return status !== 'ROLLBACK_COMPLETE';
}

function isWhole({ packages, assemblies }: PlanInput): boolean {
  const synthesized = new Set(assemblies.map(({ stack }) => stack));
  return packages.every(({ stack }) => stack === undefined || synthesized.has(stack));
}

/** Known by their records: a name that merely begins alike may be another stage's. */
function leftStacks({ packages, prefix }: PlanInput, { records, live }: Facts): LeftStack[] {
  const known = new Set(packages.map(({ stack }) => stack));
  return [...records.keys()].flatMap((stack) => {
    const found = live.get(stackName(prefix, stack));
    return known.has(stack) || !found ? [] : [{ stack, name: found.name, status: found.status }];
  });
}
