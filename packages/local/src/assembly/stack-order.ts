import { evaluate } from '../template/evaluate.ts';
import { type Template, inDependencyOrder } from '../template/references.ts';
import { stackScope } from '../template/stack-scope.ts';
import { objectAt, textAt } from '../template/values.ts';
import type { StackAssembly } from './read-assembly.ts';

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

/**
 * Stacks in the order they must be brought up: each after those that write the SSM parameters it reads, and
 * after those that hold the functions behind its custom resources. Read from the templates alone.
 * @throws TemplateError naming a circle of stacks
 */
export function inStackOrder(assemblies: StackAssembly[]): StackAssembly[] {
  const byName = new Map(assemblies.map((assembly) => [assembly.name, assembly]));
  const writer = new Map<string, string>();
  const holder = new Map<string, string>();
  for (const { name, template } of assemblies) {
    for (const path of ssmOutputs(template)) writer.set(path, name);
    for (const functionName of literalFunctionNames(template)) holder.set(functionName, name);
  }
  const dependencies = new Map(
    assemblies.map((assembly) => {
      const wanted = [
        ...ssmInputs(assembly.template).map(({ path }) => writer.get(path)),
        ...serviceFunctions(assembly).map((name) => holder.get(name)),
      ];
      const others = wanted.filter((name) => name !== undefined && name !== assembly.name);
      return [assembly.name, new Set(others as string[])];
    }),
  );
  return inDependencyOrder(dependencies, 'Stacks').flatMap((name) => byName.get(name) ?? []);
}

function literalFunctionNames(template: Template): string[] {
  return Object.values(template.Resources).flatMap((resource) =>
    resource.Type === 'AWS::Lambda::Function'
      ? [textAt(objectAt(resource, 'Properties'), 'FunctionName') ?? []].flat()
      : [],
  );
}

/** Names of functions of other stacks that custom resources call: their token has no resource in it. */
function serviceFunctions({ name, region, template }: StackAssembly): string[] {
  const scope = stackScope({ name, id: '', region }, template, {}, () => undefined);
  return Object.values(template.Resources).flatMap((resource) => {
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
}
