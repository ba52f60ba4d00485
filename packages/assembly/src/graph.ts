import type { StackAssembly } from './read-assembly.ts';
import { evaluate } from './template/evaluate.ts';
import { type Template, inDependencyOrder } from './template/references.ts';
import { stackScope } from './template/stack-scope.ts';
import { objectAt, textAt } from './template/values.ts';

/** A template parameter whose value is an SSM parameter's. */
export interface SsmInput {
  /** Name in the template's `Parameters`. */
  name: string;
  path: string;
  /** Whether the value is a comma-separated list. */
  list: boolean;
}

/** The SSM parameters a template reads. */
export function ssmInputs(template: Template): SsmInput[] {
  return Object.entries(template.Parameters).flatMap(([name, parameter]) => {
    const type = textAt(parameter, 'Type') ?? '';
    const path = textAt(parameter, 'Default');
    if (!type.startsWith('AWS::SSM::Parameter::Value<') || path === undefined) return [];
    return [{ name, path, list: /<(List<|CommaDelimitedList)/.test(type) }];
  });
}

/** Paths of the SSM parameters a template writes. */
export function ssmOutputs(template: Template): string[] {
  return Object.values(template.Resources).flatMap((resource) => {
    const name = textAt(objectAt(resource, 'Properties'), 'Name');
    return resource.Type === 'AWS::SSM::Parameter' && name !== undefined ? [name] : [];
  });
}

/** One stack needs another: it reads a parameter that the other writes, or calls a function that it holds. */
export interface Edge {
  /** CloudFormation names. */
  from: string;
  to: string;
  by: { reads: string } | { calls: string };
}

/** Every need of one stack for another (or for itself), read from the templates alone. */
export function edges(assemblies: readonly Pick<StackAssembly, 'name' | 'region' | 'template'>[]): Edge[] {
  const writer = new Map<string, string>();
  const holder = new Map<string, string>();
  for (const { name, template } of assemblies) {
    for (const path of ssmOutputs(template)) writer.set(path, name);
    for (const functionName of functionNames(template)) holder.set(functionName, name);
  }
  return assemblies.flatMap((assembly) => [
    ...ssmInputs(assembly.template).flatMap(({ path }): Edge[] => {
      const to = writer.get(path);
      return to === undefined ? [] : [{ from: assembly.name, to, by: { reads: path } }];
    }),
    ...calledFunctions(assembly).flatMap((calls): Edge[] => {
      const to = holder.get(calls);
      return to === undefined ? [] : [{ from: assembly.name, to, by: { calls } }];
    }),
  ]);
}

/**
 * Stacks in the order they must be brought up: each after those it needs.
 * @throws TemplateError naming a circle of stacks
 */
export function inStackOrder(assemblies: readonly StackAssembly[]): StackAssembly[] {
  const needs = new Map(assemblies.map(({ name }) => [name, new Set<string>()]));
  for (const { from, to } of edges(assemblies)) if (from !== to) needs.get(from)?.add(to);
  const byName = new Map(assemblies.map((assembly) => [assembly.name, assembly]));
  return inDependencyOrder(needs, 'Stacks').flatMap((name) => byName.get(name) ?? []);
}

/** Physical names that a template gives to its functions. */
function functionNames(template: Template): string[] {
  return Object.values(template.Resources).flatMap((resource) =>
    resource.Type === 'AWS::Lambda::Function'
      ? [textAt(objectAt(resource, 'Properties'), 'FunctionName') ?? []].flat()
      : [],
  );
}

/** Names of functions of other stacks that custom resources call: their token has no resource in it. */
export function calledFunctions({
  name,
  region,
  template,
}: Pick<StackAssembly, 'name' | 'region' | 'template'>): string[] {
  const scope = stackScope({ name, id: '', region }, template, {}, () => undefined);
  const names = Object.values(template.Resources).flatMap((resource) => {
    const token = objectAt(resource, 'Properties')['ServiceToken'];
    if (token === undefined) return [];
    try {
      const value = evaluate(token, scope);
      const functionName = /:function:([^:]+)/.exec(typeof value === 'string' ? value : '')?.[1];
      return functionName === undefined ? [] : [functionName];
    } catch {
      return []; // It refers to a resource or parameter: no edge of its own.
    }
  });
  return [...new Set(names)];
}
