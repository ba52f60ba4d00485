import { randomUUID } from 'node:crypto';
import type { StackAssembly } from '@parley/assembly/read-assembly';
import { TemplateError, messageOf } from '@parley/assembly/errors';
import { inertAttribute } from '../resources/inert.ts';
import type { ResourceRecord, StackState } from '../state/records.ts';
import { evaluateProperties } from '@parley/assembly/evaluate';
import type { Scope } from '@parley/assembly/intrinsics';
import { type Template, inDependencyOrder, resourceDependencies } from '@parley/assembly/references';
import { localAccount, stackScope } from '@parley/assembly/stack-scope';
import { type Json, objectAt, sameJson, textAt } from '@parley/assembly/values';
import { type DeployContext, StackRun, dependentsFirst } from './stack-run.ts';

export interface StackResult {
  outcome: 'created' | 'updated' | 'unchanged' | 'removed' | 'failed';
  changed: string[];
  error?: string;
}

/**
 * Bring one stack to what its template says. A failure rolls the stack back and is part of the result.
 * @param parameters value of every template parameter
 */
export async function deployStack(
  assembly: StackAssembly,
  parameters: Record<string, Json>,
  context: DeployContext,
): Promise<StackResult> {
  const known = context.store.stack(assembly.name);
  const stack = known ?? newStack(assembly);
  if (!known) context.store.add(stack);
  stack.folder = assembly.folder;
  const run = new StackRun(stack, context);
  try {
    const wanted = await applyTemplate(assembly.template, parameters, stack, run, context);
    await run.cleanUp(wanted);
  } catch (error) {
    await run.rollBack();
    if (!known && Object.keys(stack.resources).length === 0) context.store.forget(stack.name);
    await context.store.save();
    return { outcome: 'failed', changed: run.changed, error: messageOf(error) };
  }
  if (!known) return { outcome: 'created', changed: run.changed };
  return { outcome: run.changed.length > 0 ? 'updated' : 'unchanged', changed: run.changed };
}

/** Delete a whole stack: its resources in the reverse of the order they were made in. */
export async function removeStack(stack: StackState, context: DeployContext): Promise<StackResult> {
  const run = new StackRun(stack, context);
  const changed = dependentsFirst(stack, Object.keys(stack.resources));
  await run.cleanUp(new Set());
  context.store.forget(stack.name);
  await context.store.save();
  return { outcome: 'removed', changed };
}

function newStack({ name, region, folder }: StackAssembly): StackState {
  const id = `arn:aws:cloudformation:${region}:${localAccount}:stack/${name}/${randomUUID()}`;
  return { name, id, region, folder, resources: {}, cleanup: [] };
}

/** Apply every resource, each as soon as those it depends on are there. @returns the logical ids wanted */
async function applyTemplate(
  template: Template,
  parameters: Record<string, Json>,
  stack: StackState,
  run: StackRun,
  context: DeployContext,
): Promise<Set<string>> {
  const dependencies = resourceDependencies(template.Resources);
  const order = inDependencyOrder(dependencies, `Resources of ${stack.name}`);
  const scope = stackScope(stack, template, parameters, (logicalId) => {
    const record = stack.resources[logicalId];
    if (record?.status !== 'complete' || !template.Resources[logicalId]) return undefined;
    return { physicalId: record.physicalId, attribute: (name) => attributeOf(record, name, stack, context) };
  });
  const wanted = order.filter((logicalId) => isWanted(template, logicalId, scope));
  const ready = new Map<string, Promise<void>>();
  let stopped = false;
  for (const logicalId of wanted) {
    const dependsOn = [...(dependencies.get(logicalId) ?? [])].filter((name) => wanted.includes(name));
    const applied = Promise.all(dependsOn.map((name) => ready.get(name) ?? Promise.resolve())).then(
      async () => {
        if (stopped) throw new TemplateError('Not started, because another resource failed first.');
        await applyResource(template, logicalId, dependsOn, stack, scope, run);
      },
    );
    ready.set(logicalId, applied);
    applied.catch(() => (stopped = true));
  }
  await firstFailure([...ready.values()]);
  return new Set(wanted);
}

function attributeOf(record: ResourceRecord, name: string, stack: StackState, context: DeployContext) {
  const known = record.attributes[name];
  if (known !== undefined || !context.handlers.isInert(record.type)) return known;
  return inertAttribute(record, name, stack.region);
}

/** Wait for all, then throw what failed first: a rollback must not run beside steps under way. */
async function firstFailure(steps: Promise<void>[]): Promise<void> {
  let first: { error: unknown } | undefined;
  await Promise.all(steps.map((step) => step.catch((error: unknown) => (first ??= { error }))));
  if (first) throw first.error;
}

function isWanted(template: Template, logicalId: string, scope: Scope): boolean {
  const condition = textAt(template.Resources[logicalId], 'Condition');
  return condition === undefined || scope.condition(condition);
}

async function applyResource(
  template: Template,
  logicalId: string,
  dependsOn: string[],
  stack: StackState,
  scope: Scope,
  run: StackRun,
): Promise<void> {
  const resource = template.Resources[logicalId];
  if (!resource) return;
  const type = resource.Type;
  const properties = evaluatedProperties(resource, logicalId, scope);
  const before = stack.resources[logicalId];
  const retain = textAt(resource, 'DeletionPolicy') === 'Retain';
  const unchanged =
    before?.status === 'complete' && before.type === type && sameJson(before.properties, properties);
  if (unchanged) Object.assign(before, { dependsOn, retain });
  else await run.apply(logicalId, { type, properties, dependsOn, retain });
}

function evaluatedProperties(resource: { Type: string }, logicalId: string, scope: Scope) {
  try {
    return evaluateProperties(objectAt(resource as unknown as Json, 'Properties'), scope);
  } catch (error) {
    throw new TemplateError(`${logicalId} (${resource.Type}): ${messageOf(error)}`, { cause: error });
  }
}
