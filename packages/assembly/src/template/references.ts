import { TemplateError } from '../errors.ts';
import { type Json, type JsonObject, isObject, textOf } from './values.ts';

/** Names a fragment refers to by Ref, GetAtt or Sub: parameters, pseudo parameters and resources alike. */
export function referencesOf(value: Json): Set<string> {
  const found = new Set<string>();
  collect(value, found);
  return found;
}

function collect(value: Json, found: Set<string>): void {
  if (Array.isArray(value)) return value.forEach((item) => collect(item, found));
  if (!isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'Ref' && typeof inner === 'string') found.add(inner);
    if (key === 'Fn::GetAtt') found.add(attributeOwner(inner));
    if (key === 'Fn::Sub') collectFromSub(inner, found);
    collect(inner, found);
  }
}

function attributeOwner(argument: Json): string {
  const path = typeof argument === 'string' ? argument.split('.') : argument;
  return (Array.isArray(path) ? textOf(path[0]) : undefined) ?? '';
}

function collectFromSub(argument: Json, found: Set<string>): void {
  const template = Array.isArray(argument) ? argument[0] : argument;
  for (const match of (textOf(template) ?? '').matchAll(/\$\{([^!}][^}]*)\}/g)) {
    found.add((match[1] ?? '').trim().split('.')[0] ?? '');
  }
}

/** For each resource, the resources it must wait for: what it refers to, and its `DependsOn`. */
export function resourceDependencies(resources: { [logicalId: string]: Json }): Map<string, Set<string>> {
  const dependencies = new Map<string, Set<string>>();
  for (const [logicalId, resource] of Object.entries(resources)) {
    const wanted = referencesOf(isObject(resource) ? { p: resource['Properties'] ?? null } : null);
    const dependsOn = isObject(resource) ? (resource['DependsOn'] ?? []) : [];
    for (const name of [dependsOn].flat()) wanted.add(textOf(name) ?? '');
    dependencies.set(
      logicalId,
      new Set([...wanted].filter((name) => name in resources && name !== logicalId)),
    );
  }
  return dependencies;
}

/**
 * Keys in an order in which each comes after everything it depends on; ties keep the given order.
 * @throws TemplateError naming a cycle
 */
export function inDependencyOrder(dependencies: Map<string, Set<string>>, what: string): string[] {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (key: string, path: string[]): void => {
    if (state.get(key) === 'done') return;
    if (state.get(key) === 'open') {
      throw new TemplateError(`${what} depend on each other in a circle: ${[...path, key].join(' → ')}.`);
    }
    state.set(key, 'open');
    for (const next of dependencies.get(key) ?? []) visit(next, [...path, key]);
    state.set(key, 'done');
    order.push(key);
  };
  for (const key of dependencies.keys()) visit(key, []);
  return order;
}

/** A template, as far as it is read here. */
export interface Template {
  Metadata: JsonObject;
  Parameters: { [name: string]: JsonObject };
  Mappings: { [name: string]: JsonObject };
  Conditions: JsonObject;
  Resources: { [logicalId: string]: TemplateResource };
  Outputs: { [name: string]: JsonObject };
}

export interface TemplateResource {
  [key: string]: Json;
  Type: string;
}
