import { TemplateError } from '../errors.ts';
import { evaluate } from './evaluate.ts';
import { type Evaluated, type Scope, noValue } from './intrinsics.ts';
import type { Template } from './references.ts';
import { type Json, objectAt } from './values.ts';

/** The account every local stack belongs to. */
export const localAccount = '000000000000';

export interface StackIdentity {
  name: string;
  id: string;
  region: string;
}

/** A resource as other resources of its stack see it. */
export interface ResourceView {
  physicalId: string;
  attribute(name: string): Json | undefined;
}

/**
 * What a stack's template may refer to.
 * @param resource gives a resource that is already there; undefined when there is none of that name
 */
export function stackScope(
  stack: StackIdentity,
  template: Template,
  parameters: Record<string, Json>,
  resource: (logicalId: string) => ResourceView | undefined,
): Scope {
  const pseudo = pseudoParameters(stack);
  const decided = new Map<string, boolean>();
  const scope: Scope = {
    region: stack.region,
    ref(name) {
      const value = pseudo[name] ?? parameters[name] ?? resource(name)?.physicalId;
      if (value === undefined)
        throw new TemplateError(`Ref names ${name}, which does not exist in ${stack.name}.`);
      return value;
    },
    attribute(logicalId, attribute) {
      const found = resource(logicalId);
      const value = found?.attribute(attribute);
      if (value === undefined) {
        throw new TemplateError(
          `Fn::GetAtt names ${logicalId}.${attribute}, which does not exist in ${stack.name}.`,
        );
      }
      return value;
    },
    condition(name) {
      const known = decided.get(name);
      if (known !== undefined) return known;
      const source = template.Conditions[name];
      if (source === undefined) throw new TemplateError(`Condition ${name} does not exist in ${stack.name}.`);
      const value = evaluate(source, scope) === true;
      decided.set(name, value);
      return value;
    },
    mapping: (map, first, second) => objectAt(template.Mappings[map], first)[second],
  };
  return scope;
}

function pseudoParameters(stack: StackIdentity): Record<string, Evaluated> {
  return {
    'AWS::AccountId': localAccount,
    'AWS::Region': stack.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack.name,
    'AWS::StackId': stack.id,
    'AWS::NotificationARNs': [],
    'AWS::NoValue': noValue,
  };
}
