import { describeIssues, formatProblems } from '@parley/contract/issues';
import type { Context } from 'hono';
import type { z } from 'zod';
import { HttpError } from './errors.ts';

/**
 * The request's JSON body, as `schema` has it. Throws `bad-request` naming each wrong field, the value
 * got and what was expected.
 */
export async function readJson<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  const body = await c.req.text();
  return parseInput(schema, parseJson(body), 'The request body');
}

/** The request's query parameters, as `schema` has them. A parameter given twice counts once. */
export function readQuery<Schema extends z.ZodType>(c: Context, schema: Schema): z.output<Schema> {
  return parseInput(schema, c.req.query(), 'The query');
}

function parseJson(body: string): unknown {
  if (body === '') throw new HttpError('bad-request', 'The request body is empty: send a JSON object.');
  try {
    return JSON.parse(body);
  } catch (cause) {
    // the parser's own message would quote the body
    throw new HttpError('bad-request', 'The request body is not JSON: send a JSON object.', { cause });
  }
}

function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = describeIssues(result.error, input);
  const field = problems[0]?.field;
  throw new HttpError(
    'bad-request',
    `${what} is not valid. ${formatProblems(problems)}`,
    field ? { field } : {},
  );
}
