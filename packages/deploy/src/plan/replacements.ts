import type { ResourceDifference } from '@aws-cdk/cloudformation-diff';
import { type SsmInput, ssmInputs } from '@parley/assembly/graph';
import {
  type Json,
  type JsonObject,
  canonicalJson,
  isObject,
  listAt,
  objectAt,
  textAt,
} from '@parley/assembly/values';
import { inputName } from '../record/fingerprint.ts';
import { statefulTypes } from './stateful-types.ts';
import type { PlannedStack, Replacement } from './types.ts';

type Planned = Pick<PlannedStack, 'name' | 'assembly' | 'record' | 'fingerprint'>;

/**
 * Stateful resources that would not survive a deploy, and index changes that DynamoDB would refuse. Compares the
 * deployed template with the new one by CloudFormation's own resource specification; a value read from SSM that
 * changed counts as a changed property.
 */
export async function replacementsIn(deployed: JsonObject, planned: Planned): Promise<Replacement[]> {
  const wanted = planned.assembly.template as unknown as JsonObject;
  const inputs = ssmInputs(planned.assembly.template);
  const before = withValues(deployed, planned, inputs, planned.record?.fingerprint.inputs);
  const now = withValues(wanted, planned, inputs, planned.fingerprint.inputs);
  if (canonicalJson(statefulIn(before)) === canonicalJson(statefulIn(now))) return [];
  // Loaded only here: it brings the specification of every resource type.
  const { fullDiff } = await import('@aws-cdk/cloudformation-diff');
  const { resources } = fullDiff(before, now);
  return Object.entries(resources.changes).flatMap(([logicalId, change]) => [
    ...lossOf(logicalId, change),
    ...protectionLost(logicalId, change),
    ...indexChanges(logicalId, change),
  ]);
}

function statefulIn(template: JsonObject): JsonObject {
  const resources = Object.entries(objectAt(template, 'Resources'));
  return Object.fromEntries(
    resources.filter(([, resource]) => statefulTypes.has(textAt(resource, 'Type') ?? '')),
  );
}

/** The template with every reference to an SSM value replaced by the value's hash. */
function withValues(
  template: JsonObject,
  { assembly }: Planned,
  inputs: readonly SsmInput[],
  hashes: Readonly<Record<string, string>> | undefined,
): JsonObject {
  if (!hashes) return template;
  const known = new Map(inputs.map(({ name, path }) => [name, hashes[inputName(assembly.prefix, path)]]));
  const replaced = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(replaced);
    if (!isObject(value)) return value;
    const hash = known.get(textAt(value, 'Ref') ?? '');
    if (hash !== undefined) return { Ref: `${textAt(value, 'Ref')}#${hash}` };
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replaced(inner)]));
  };
  return { ...template, Resources: replaced(template['Resources'] ?? {}) };
}

/** As CloudFormation's specification has it (`ResourceImpact` of the diff). */
const effects: Record<string, Replacement['effect']> = {
  WILL_REPLACE: 'replaced',
  MAY_REPLACE: 'may be replaced',
  WILL_DESTROY: 'removed',
  WILL_ORPHAN: 'left behind',
};

function lossOf(logicalId: string, change: ResourceDifference): Replacement[] {
  const type = change.oldResourceType ?? '';
  const effect = effects[change.changeImpact];
  if (change.isAddition || !statefulTypes.has(type) || effect === undefined) return [];
  return [{ logicalId, type, effect, why: whyLost(change) }];
}

function whyLost(change: ResourceDifference): string {
  if (change.isRemoval) {
    return change.changeImpact === 'WILL_ORPHAN'
      ? 'the template has it no more; it is kept, but nothing uses it'
      : 'the template has it no more';
  }
  if (change.oldResourceType !== change.newResourceType) return `its type becomes ${change.newResourceType}`;
  const properties = Object.entries(change.propertyUpdates)
    .filter(([, { changeImpact = '' }]) => ['WILL_REPLACE', 'MAY_REPLACE'].includes(changeImpact))
    .map(([name]) => name);
  return `${properties.join(' and ')} changed, which CloudFormation cannot do in place`;
}

/** Data that outlive their stack now, and would go with it from then on. */
function protectionLost(logicalId: string, change: ResourceDifference): Replacement[] {
  const type = change.oldResourceType ?? '';
  const [before, now] = [change.oldValue, change.newValue].map((each) =>
    textAt(each as unknown as Json, 'DeletionPolicy'),
  );
  if (!change.isUpdate || !statefulTypes.has(type) || !before?.startsWith('Retain')) return [];
  if (now?.startsWith('Retain')) return [];
  const why = `it outlives its stack now (DeletionPolicy ${before}), and would go with it from then on`;
  return [{ logicalId, type, effect: 'unprotected', why }];
}

/** T26: DynamoDB makes or removes one index of a table per update. */
function indexChanges(logicalId: string, change: ResourceDifference): Replacement[] {
  const type = change.newResourceType ?? '';
  if (type !== 'AWS::DynamoDB::Table' || !change.isUpdate) return [];
  const [before, now] = [change.oldValue, change.newValue].map((table) =>
    indexNames(objectAt(table as unknown as Json, 'Properties')),
  );
  const changed = [...before!.symmetricDifference(now!)];
  if (changed.length < 2) return [];
  const why = `the indexes ${changed.join(' and ')} come or go in one update; DynamoDB takes one at a time: deploy after each`;
  return [{ logicalId, type, effect: 'refused', why }];
}

function indexNames(properties: JsonObject): Set<string> {
  return new Set(
    listAt(properties, 'GlobalSecondaryIndexes').flatMap((index) => textAt(index, 'IndexName') ?? []),
  );
}
