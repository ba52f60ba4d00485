import type { LambdaToolDefinition } from '@parley/contract/agent';
import { describeIssues, formatProblems } from '@parley/contract/issues';
import { z } from 'zod';
import { fitsEvent } from './event-size.ts';

/** Seconds in which a call can be approved, where its tool does not say otherwise. */
const withinSecondsDefault = 86_400;

/** `ask`: the call is made only when the user approves it. `invalid`: the tool would refuse it, so nobody is asked. */
export type Judgement = 'call' | 'ask' | { invalid: string };

/**
 * Whether a call needs the user's approval, by the rule that the tool is registered with. What cannot be read, of the
 * rule or of the input's schema, is asked for.
 */
export function judgeCall({ approval, input: schema }: LambdaToolDefinition, input: unknown): Judgement {
  if (!approval) return 'call';
  const parsed = parse(schema, input);
  if (parsed && !parsed.success) {
    return { invalid: formatProblems(describeIssues(parsed.error, input)) };
  }
  if (!parsed || !('when' in approval)) return askFor(input);
  // The tool fills in its defaults, so what it would do is in either.
  const matches = [input, parsed.data].some((each) => parse(approval.when, each)?.success !== false);
  return matches ? askFor(input) : 'call';
}

/** When the time to approve a call ends, as an ISO time. */
export function expiryOf(approval: LambdaToolDefinition['approval'], now: number): string {
  return new Date(now + (approval?.withinSeconds ?? withinSecondsDefault) * 1_000).toISOString();
}

/** What is approved is what was stored and shown, whole. */
function askFor(input: unknown): Judgement {
  return fitsEvent(input)
    ? 'ask'
    : { invalid: 'The input is too large to be shown to the user for approval. Do it in smaller parts.' };
}

/** Undefined when the schema cannot be read. */
function parse(schema: object, input: unknown): z.ZodSafeParseResult<unknown> | undefined {
  try {
    return z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema).safeParse(input);
  } catch {
    return undefined;
  }
}
