import type { Check } from './check.ts';
import { physicalNames, renamedInPlace, statefulTypes } from './physical-names.ts';
import { referencesIn, resourcesOf, textOf, valueAt, type FoundResource, type Template } from './template.ts';

/** What CloudFormation fills in and is the same for every stage of an account. */
const sameInEveryStage = new Set([
  'AWS::AccountId',
  'AWS::Region',
  'AWS::Partition',
  'AWS::URLSuffix',
  'AWS::NoValue',
]);

interface PhysicalName extends FoundResource {
  property: string;
  value: unknown;
  text: string;
}

/**
 * T6: a physical name without the stage's prefix, which a second stage of the account would want too. A name
 * made of another resource, of a parameter or of the stack's name differs by stage already.
 */
export const stageInNames: Check = (template, { prefix }) =>
  physicalNamesOf(template)
    .filter(({ value }) => [...referencesIn(value)].every((id) => sameInEveryStage.has(id)))
    .filter(({ text }) => !saysPrefix(text, prefix))
    .map(({ logicalId, property, text }) => ({
      at: logicalId,
      found: `${property} is "${text}"`,
      expected: `a name that holds the stage's prefix "${prefix}"`,
      mend: 'begin it with stack.prefix, or leave it out and let CloudFormation choose',
    }));

/** T8, T25: data under a fixed name cannot be replaced, since the new resource would need the old one's name. */
export const statefulNames: Check = (template) =>
  physicalNamesOf(template)
    .filter(({ type }) => statefulTypes.has(type) && !renamedInPlace.has(type))
    .map(({ logicalId, type, property, text }) => ({
      at: logicalId,
      found: `${type} has ${property} "${text}"`,
      expected: 'no physical name on what holds data',
      mend: 'leave it out, and pass the generated name on by reference or SSM parameter',
    }));

/**
 * T25: a generated name in a create-only property. It ends with the hash of the construct's path, so that
 * moving or renaming the construct replaces the resource.
 */
export const generatedNames: Check = (template) =>
  physicalNamesOf(template)
    .filter(({ type, text }) => !renamedInPlace.has(type) && /[0-9A-F]{8}$/.test(text))
    .map(({ logicalId, property, text }) => ({
      at: logicalId,
      found: `${property} is the generated name "${text}", and changing it replaces the resource`,
      expected: 'a name that does not depend on where the construct stands',
      mend: 'spell the name out below the prefix, or leave it out',
    }));

function physicalNamesOf(template: Template): PhysicalName[] {
  return resourcesOf(template).flatMap((found) => {
    const property = physicalNames[found.type];
    const value = property === undefined ? undefined : valueAt(found.properties, property);
    return property === undefined || value === undefined
      ? []
      : [{ ...found, property, value, text: textOf(value) }];
  });
}

/** As a part of its own; or run together with what follows, as CDK does in the names it generates. */
function saysPrefix(name: string, prefix: string): boolean {
  const whole = new RegExp(`(^|[^a-zA-Z0-9])${prefix}([^a-zA-Z0-9]|$)`);
  return whole.test(name) || name.toLowerCase().startsWith(prefix.replaceAll('-', ''));
}
