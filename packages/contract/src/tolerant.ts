import { z } from 'zod';
import { valueAt } from './issues.ts';

/**
 * A strict schema as a reader of stored data applies it: what a newer version of Parley wrote passes
 * unchanged, because while a deploy rolls, older tasks read it too. Newer is a key that the schema does
 * not know, or a `type` that a union does not have; whoever switches on `type` ignores those. Everything
 * else must be as the schema says. Only for schemas that change nothing: no default is filled in.
 */
export function tolerant<S extends z.ZodType>(written: S): z.ZodType<z.output<S>, unknown> {
  return z.custom<z.output<S>>().check(({ value, issues }) => {
    for (const issue of written.safeParse(value).error?.issues ?? []) {
      if (isNewer(issue, value)) continue;
      issues.push({ ...issue, input: value, path: [...issue.path] } as z.core.$ZodRawIssue);
    }
  });
}

function isNewer(issue: z.core.$ZodIssue, input: unknown): boolean {
  if (issue.code === 'unrecognized_keys') return true;
  const isUnknownType = issue.code === 'invalid_union' && 'discriminator' in issue;
  return isUnknownType && typeof valueAt(input, issue.path) === 'string';
}
