import type { z } from 'zod';

/** One thing wrong with an input: where, and what was expected instead of what came. */
export interface Problem {
  /** Path of the field, such as `agent.tools[0].name`; empty for the input as a whole. */
  field: string;
  message: string;
}

/** One line per problem of a failed parse: field, what was expected, and the value that came. */
export function describeIssues(error: z.ZodError, input: unknown): Problem[] {
  return error.issues.map((issue) => ({
    field: fieldPath(issue.path),
    message: withValue(issue, valueAt(input, issue.path)),
  }));
}

export function formatProblems(problems: readonly Problem[]): string {
  return problems.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('\n');
}

export function fieldPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? String(part) : `.${String(part)}`))
    .join('');
}

function withValue(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    return `unknown key ${issue.keys.map((key) => `"${key}"`).join(', ')}: remove it, or check its spelling`;
  }
  const message = issue.message.replace(/^Invalid input: /, '');
  return `${message}, got ${shown(value)}`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = jsonOf(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** JSON can be read at any depth, but written only as deep as the call stack is. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return 'a value that cannot be shown as JSON';
  }
}

/** What stands at a path; undefined where it leads nowhere. */
export function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}
