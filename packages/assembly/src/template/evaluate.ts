import { TemplateError } from '../errors.ts';
import { type Evaluated, type Scope, intrinsics, noValue } from './intrinsics.ts';
import { type Json, type JsonObject, isObject } from './values.ts';

/**
 * Value of a template fragment with every intrinsic function replaced.
 * @throws TemplateError for an unknown function, a bad argument, or a name that does not exist
 */
export function evaluate(value: Json, scope: Scope): Evaluated {
  if (typeof value === 'string') return refuseDynamicReference(value);
  if (Array.isArray(value)) {
    return value.map((item) => evaluate(item, scope)).filter((item) => item !== noValue);
  }
  if (!isObject(value)) return value;
  const call = intrinsicCall(value);
  if (call) return call.run(call.argument, scope, (inner) => evaluate(inner, scope));
  return evaluateFields(value, scope);
}

/** Evaluated properties of a resource. */
export function evaluateProperties(properties: JsonObject, scope: Scope): JsonObject {
  return evaluateFields(properties, scope);
}

function evaluateFields(value: JsonObject, scope: Scope): JsonObject {
  const fields: JsonObject = {};
  for (const [key, field] of Object.entries(value)) {
    const evaluated = evaluate(field, scope);
    if (evaluated !== noValue) fields[key] = evaluated;
  }
  return fields;
}

function intrinsicCall(value: JsonObject) {
  const [name, ...others] = Object.keys(value);
  if (name === undefined || others.length > 0) return undefined;
  const argument = value[name] ?? null;
  const run = intrinsics[name];
  // A policy statement's `Condition` is an object; the intrinsic of that name takes text.
  if (run && !(name === 'Condition' && typeof argument !== 'string')) return { run, argument };
  if (!name.startsWith('Fn::')) return undefined;
  throw new TemplateError(
    `${name} is not understood here (known are ${Object.keys(intrinsics).join(', ')}).`,
  );
}

function refuseDynamicReference(value: string): string {
  if (!value.includes('{{resolve:')) return value;
  throw new TemplateError(
    `Dynamic reference ${value}: its value could change unnoticed. ` +
      'Read it through a template parameter of type AWS::SSM::Parameter::Value instead.',
  );
}
