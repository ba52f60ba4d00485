import { z } from 'zod';
import type { InputSchema } from './agent.ts';
import { fieldPath, type Problem } from './issues.ts';

/** Says why a type cannot be written as JSON Schema with the same meaning; undefined when it can. */
export type Refuse = (type: z.core.$ZodType, path: readonly (string | number)[]) => string | undefined;

/** The JSON Schema of what may be sent for an object, or what of it cannot be written as one; `root` names it. */
export function inputSchemaOf(
  object: z.ZodObject,
  root: string,
  refuse: Refuse,
): { schema: InputSchema } | { problems: Problem[] } {
  const problems: Problem[] = [];
  const { $schema: _, ...schema } = z.toJSONSchema(object, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, path }) => {
      const names = path.filter((part) => part !== 'properties');
      const message = refuse(zodSchema, names);
      if (message !== undefined) problems.push({ field: fieldPath([root, ...names]), message });
    },
  });
  return problems.length > 0 ? { problems } : { schema: schema as InputSchema };
}

/** Refuses types that a model could not fill in. */
export const refuseUnsupported: Refuse = ({ _zod: { def } }) =>
  unsupportedTypes.has(def.type)
    ? `a ${def.type} has no JSON Schema, so no model can fill it in: use a string, number, boolean, enum, array or object`
    : undefined;

/** Zod types that have no JSON Schema. */
const unsupportedTypes = new Set<string>([
  'bigint',
  'custom',
  'date',
  'file',
  'function',
  'map',
  'nan',
  'promise',
  'set',
  'symbol',
  'transform',
  'undefined',
  'void',
]);
