import { describeIssues, type Problem } from '@parley/contract/issues';
import type { Construct } from 'constructs';
import type { z } from 'zod';
import { ParleyStack } from './parley-stack.ts';

/** How a construct is spoken of in `stack.ts`: `ChatApp.agent` for the construct `ChatApp/Agent`. */
export function constructField(construct: Construct): string {
  const stack = ParleyStack.of(construct);
  const path = construct.node.path.slice(stack.node.path.length + 1);
  return path.replaceAll(/\/(.)/g, (_, first: string) => `.${first.toLowerCase()}`);
}

/** Reports a problem of a construct's properties as one of `stack.ts`. */
export function reportProperty(construct: Construct, field: string, message: string): void {
  const path = [constructField(construct), field].filter((part) => part !== '').join('.');
  ParleyStack.of(construct).problems.push({ file: 'stack.ts', field: path, message });
}

/** Reports properties that mean nothing. Types say the same, but synth runs without a type check. */
export function reportUnknownKeys(construct: Construct, props: object, known: readonly string[]): void {
  for (const key of Object.keys(props).filter((each) => !known.includes(each))) {
    reportProperty(construct, '', `unknown key "${key}": remove it, or check its spelling`);
  }
}

/**
 * Parses with a schema of the contract. What does not fit is reported through `report`, one call per problem.
 * @returns undefined when there is any
 */
export function parseOrReport<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  report: (problem: Problem) => void,
): z.output<Schema> | undefined {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const problem of describeIssues(parsed.error, value)) report(problem);
  return undefined;
}
