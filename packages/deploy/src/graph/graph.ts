import type { StackAssembly } from '@parley/assembly/read-assembly';
import { DeployError } from '../errors.ts';
import { templateProblems } from './check.ts';
import { type WorkspacePackage, declaredNeeds } from './declaration.ts';

export type { WorkspacePackage } from './declaration.ts';

/** In which order the stacks of a workspace are deployed, by their unscoped names. */
export interface DeployGraph {
  /** Stack → every stack that must stand before it, the indirect ones included. */
  needs: ReadonlyMap<string, ReadonlySet<string>>;
  /** Stacks that can go together, in order. Destroying goes through them from the last to the first. */
  waves: readonly (readonly string[])[];
}

/**
 * The graph that the stacks' package.json files declare.
 * @throws DeployError `graph` for a declaration that is none, an unknown stack or a circle
 */
export function declaredGraph(root: string, packages: readonly WorkspacePackage[]): DeployGraph {
  const direct = declaredNeeds(root, packages);
  const needs = new Map([...direct.keys()].map((stack) => [stack, allNeeds(stack, direct)]));
  return { needs, waves: wavesOf([...needs.keys()], needs) };
}

/**
 * Compares the declared graph with what the templates read and call.
 * @param isWhole whether the assemblies are all of the workspace: only then can a value be one that nobody writes
 * @throws DeployError `graph` with a line per problem
 */
export function checkGraph(
  graph: DeployGraph,
  root: string,
  packages: readonly WorkspacePackage[],
  assemblies: readonly StackAssembly[],
  isWhole: boolean,
): void {
  const problems = templateProblems({ needs: graph.needs, root, packages, assemblies, isWhole });
  if (problems.length > 0) throw new DeployError('graph', problems.join('\n'));
}

/** These stacks in waves: each stack in the first wave after all it needs among them. */
export function wavesOf(
  stacks: readonly string[],
  needs: ReadonlyMap<string, ReadonlySet<string>>,
): string[][] {
  const waves: string[][] = [];
  const placed = new Map<string, number>();
  const waveOf = (stack: string): number => {
    const known = placed.get(stack);
    if (known !== undefined) return known;
    const before = [...(needs.get(stack) ?? [])].filter((need) => stacks.includes(need));
    const wave = Math.max(-1, ...before.map(waveOf)) + 1;
    placed.set(stack, wave);
    return wave;
  };
  for (const stack of stacks.toSorted()) (waves[waveOf(stack)] ??= []).push(stack);
  return waves;
}

/** Everything that must stand before a stack; a circle is refused. */
function allNeeds(stack: string, direct: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const visit = (name: string, path: string[]): void => {
    if (path.includes(name)) {
      const circle = [...path.slice(path.indexOf(name)), name].join(' → ');
      throw new DeployError('graph', `Stacks come after each other in a circle: ${circle}.`, {
        nextStep: 'Take one of them out of parley.deployAfter in its package.json.',
      });
    }
    for (const next of direct.get(name) ?? []) {
      visit(next, [...path, name]);
      found.add(next);
    }
  };
  visit(stack, []);
  return found;
}
