import { z } from 'zod';
import type { ToolApproval } from './agent.ts';
import { inputSchemaOf, refuseUnsupported, type Refuse } from './input-schema.ts';
import type { Problem } from './issues.ts';

/** Which calls of a tool need the user's approval: every one, or those whose input matches an object. */
export type ApprovalRule =
  | 'always'
  | {
      /** Default: every call. */
      when?: z.ZodObject;
      /** Seconds in which it can be given, at most a week. Default 86,400: a day. */
      withinSeconds?: number;
    };

/**
 * The rule as data, as the server reads it. What JSON Schema would say with another meaning is a problem: such a rule
 * would let calls through that it is there to hold.
 */
export function approvalSpecOf(
  rule: ApprovalRule,
  input: z.ZodObject,
): { approval: ToolApproval } | { problems: Problem[] } {
  if (rule === 'always') return { approval: { always: true } };
  const { when, ...within } = rule;
  if (when === undefined) return { approval: { always: true, ...within } };
  if (!(when instanceof z.ZodObject)) {
    const message = 'expected z.object({ … }) with the inputs that need approval';
    return { problems: [{ field: 'approval.when', message }] };
  }
  const described = inputSchemaOf(when, 'approval.when', refuseInRule);
  const problems = [
    ...('problems' in described ? described.problems : []),
    ...strayFields(when, input),
    ...changedFields(when, input),
  ];
  return problems.length > 0 || 'problems' in described
    ? { problems }
    : { approval: { when: described.schema, ...within } };
}

/** A field that is misspelt would never match. */
function strayFields({ shape }: z.ZodObject, input: z.ZodObject): Problem[] {
  const names = Object.keys(input.shape);
  return Object.keys(shape)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      field: `approval.when.${name}`,
      message: `the tool's input has no such field: expected one of ${names.join(', ') || 'none'}`,
    }));
}

/** The rule reads what the model wrote; the tool must read the same. */
function changedFields({ shape }: z.ZodObject, input: z.ZodObject): Problem[] {
  const refuse: Refuse = (type, [name]) => {
    const change = typeof name === 'string' && name in shape ? changeBy(type) : undefined;
    return (
      change && `${change} changes what the model wrote, so the approval rule cannot speak of this field`
    );
  };
  const checked = inputSchemaOf(input, 'input', refuse);
  return 'problems' in checked ? checked.problems : [];
}

const refuseInRule: Refuse = (type, path) => {
  const what = changeBy(type) ?? lossIn(type);
  if (what === undefined) return refuseUnsupported(type, path);
  return `${what} cannot be part of a rule, which is kept as JSON Schema: use plain strings, numbers, booleans, enums, arrays or objects`;
};

/** What of a type makes another value of what it is given. */
function changeBy({ _zod: { def } }: z.core.$ZodType): string | undefined {
  if (def.type === 'pipe' || def.type === 'catch') return `a ${def.type}`;
  if ('coerce' in def && def.coerce === true) return 'coercion';
  return checksOf(def).some(({ check }) => check === 'overwrite') ? 'an overwrite such as trim()' : undefined;
}

/** What of a type would be lost in JSON Schema, or would let calls through that the author means to hold. */
function lossIn({ _zod: { def } }: z.core.$ZodType): string | undefined {
  const checks = checksOf(def);
  if (checks.some(({ check }) => check === 'custom')) return 'a refinement';
  if (checks.some(hasFlags) || hasFlags(def)) return 'a regular expression with flags';
  const { catchall } = def as { catchall?: z.core.$ZodType };
  return catchall?._zod.def.type === 'never'
    ? 'a strict object (it matches no input with a further key)'
    : undefined;
}

function checksOf(def: z.core.$ZodTypeDef): z.core.$ZodCheckDef[] {
  return (def.checks ?? []).map((check) => check._zod.def);
}

function hasFlags(def: object): boolean {
  return 'pattern' in def && def.pattern instanceof RegExp && def.pattern.flags !== '';
}
