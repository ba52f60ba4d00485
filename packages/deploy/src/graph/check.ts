import { type Edge, edges, ssmInputs, ssmOutputs } from '@parley/assembly/graph';
import type { StackAssembly } from '@parley/assembly/read-assembly';
import { isSeededPath } from '@parley/contract/names';
import { relative } from 'node:path';
import type { WorkspacePackage } from './declaration.ts';

export interface GraphCheck {
  /** Stack → every stack that it comes after, as declared. */
  needs: ReadonlyMap<string, ReadonlySet<string>>;
  root: string;
  packages: readonly WorkspacePackage[];
  assemblies: readonly StackAssembly[];
  /** Whether the assemblies are all of the workspace. */
  isWhole: boolean;
}

/** What the templates need of each other and the declared graph does not give, one line each. */
export function templateProblems(check: GraphCheck): string[] {
  const { assemblies, isWhole } = check;
  const stackOf = new Map(assemblies.map(({ name, stack }) => [name, stack]));
  const found = edges(assemblies).map((edge) => ({
    ...edge,
    from: stackOf.get(edge.from) ?? edge.from,
    to: stackOf.get(edge.to) ?? edge.to,
  }));
  const circle = circleOf(found);
  return [
    ...writtenTwice(assemblies),
    ...found.flatMap(readByItself),
    ...(isWhole ? unwritten(assemblies) : []),
    ...(circle ? [circleLine(circle)] : undeclared(found, check)),
  ];
}

/** T1, T4: stacks that need each other can never be deployed into a fresh account. */
function circleLine(circle: Edge[]): string {
  const names = circle.map(({ from }) => from);
  return (
    `${[...names, names[0]].join(' → ')}: these stacks need each other, so that a fresh account can never ` +
    `deploy them: ${circle.map((edge) => `${edge.from} ${need(edge)}`).join('; ')}. Take one of these out.`
  );
}

/** T2 */
function readByItself(edge: Edge): string[] {
  if (edge.from !== edge.to || !('reads' in edge.by)) return [];
  return [
    `${edge.from} reads ${edge.by.reads}, which it writes itself: the first deploy would wait for a value that ` +
      'only that deploy writes. Use the value in the template, not its parameter.',
  ];
}

/** T3 */
function unwritten(assemblies: readonly StackAssembly[]): string[] {
  const written = new Set(assemblies.flatMap(({ template }) => ssmOutputs(template)));
  return assemblies.flatMap(({ stack, prefix, template }) =>
    ssmInputs(template)
      .filter(({ path }) => !written.has(path) && !isSeededPath(path) && path.startsWith(`/${prefix}/`))
      .map(
        ({ path }) =>
          `${stack} reads ${path}, which no stack writes. Is the path misspelt, or its writer gone?`,
      ),
  );
}

function writtenTwice(assemblies: readonly StackAssembly[]): string[] {
  const writers = Map.groupBy(
    assemblies.flatMap(({ stack, template }) => ssmOutputs(template).map((path) => ({ stack, path }))),
    ({ path }) => path,
  );
  return [...writers]
    .filter(([, group]) => group.length > 1)
    .map(
      ([path, group]) =>
        `${path} is written by ${group.map(({ stack }) => stack).join(' and by ')}: keep one.`,
    );
}

/** T50 */
function undeclared(found: readonly Edge[], { needs, root, packages }: GraphCheck): string[] {
  const missing = found.filter(({ from, to }) => from !== to && !needs.get(from)?.has(to));
  const groups = Map.groupBy(missing, ({ from, to }) => `${from} ${to}`);
  return [...groups.values()].map(([edge]) => {
    const { from, to } = edge!;
    const folder = packages.find(({ stack }) => stack === from)?.folder ?? root;
    return (
      `${relative(root, folder)}/package.json: ${from} ${need(edge!)}, but does not say that it comes after ${to}: ` +
      `add "${to}" to parley.deployAfter.`
    );
  });
}

function need({ to, by }: Edge): string {
  return 'reads' in by
    ? `reads ${by.reads}, which ${to} writes`
    : `calls the function ${by.calls}, which ${to} holds`;
}

/** Edges that lead from a stack back to itself over others; undefined when there are none. */
function circleOf(found: readonly Edge[]): Edge[] | undefined {
  const from = Map.groupBy(
    found.filter((edge) => edge.from !== edge.to),
    (edge) => edge.from,
  );
  const done = new Set<string>();
  const visit = (stack: string, path: Edge[]): Edge[] | undefined => {
    const begin = path.findIndex((edge) => edge.from === stack);
    if (begin >= 0) return path.slice(begin);
    if (done.has(stack)) return undefined;
    for (const edge of from.get(stack) ?? []) {
      const circle = visit(edge.to, [...path, edge]);
      if (circle) return circle;
    }
    done.add(stack);
    return undefined;
  };
  return [...from.keys()].map((stack) => visit(stack, [])).find((circle) => circle !== undefined);
}
