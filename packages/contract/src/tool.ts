import { z } from 'zod';
import { toolSpec, type ToolSpec } from './agent.ts';
import { approvalSpecOf, type ApprovalRule } from './approval-rule.ts';
import { inputSchemaOf, refuseUnsupported } from './input-schema.ts';
import { describeIssues, formatProblems, type Problem } from './issues.ts';
import { fitProgress, type ToolProgress } from './tool-progress.ts';
import { lambdaRuntime, streamedAnswers, type StreamingRuntime } from './tool-stream.ts';

/** Whose call of a tool it is. */
const toolCallContext = z.strictObject({
  runId: z.string(),
  toolCallId: z.string(),
  /** Id of the chat app the user is in. */
  app: z.string(),
  /** `sub` of the user whose run this is. */
  user: z.string(),
});
export type ToolCallContext = z.infer<typeof toolCallContext>;

/** What a tool's handler is given besides its input. */
export interface ToolContext extends ToolCallContext {
  /**
   * Shows the user how far the call is: a percent from 0 to 100, a text of at most 200 characters, or both. The
   * newest one counts, and a few a second are sent, so it may be called often. Does nothing where nobody can be shown.
   * Throws when it is given what is no progress.
   */
  progress(progress: ToolProgress): Promise<void>;
}

/** A tool: what the model reads of it, and the code that is it. */
export interface Tool<Input extends z.ZodObject = z.ZodObject> {
  name: string;
  /** Tells the model when to use the tool and what it returns. */
  description: string;
  /** The one definition of the input: JSON Schema for the model, validation at run time, types. */
  input: Input;
  /**
   * Calls that are made only when the user has approved them: every one, or those whose input matches an object. It is
   * data, kept with the registration and checked by the service. Default: none.
   */
  approval?: ApprovalRule;
  handler: (input: z.output<Input>, context: ToolContext) => unknown;
}

/** Defines the tool of one `tools/<name>.ts`, which exports it as `tool`. */
export function defineTool<Input extends z.ZodObject>(tool: Tool<Input>): Tool<Input> {
  return tool;
}

/** Throw this to tell the model and the user why a tool could not do its work. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}

/** Payload a tool's function is invoked with. */
export const toolInvocation = z.strictObject({ input: z.unknown(), context: toolCallContext });
export type ToolInvocation = z.infer<typeof toolInvocation>;

/** What a tool's function answers; a thrown error is an answer too. */
export const toolResult = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), output: z.unknown() }),
  z.strictObject({
    ok: z.literal(false),
    error: z.strictObject({ code: z.enum(['invalid-input', 'tool-failed']), message: z.string() }),
  }),
]);
export type ToolResult = z.infer<typeof toolResult>;

const errorMessageMax = 1_000;

/**
 * The Lambda handler of a tool: validates the input, runs it, and words what went wrong. Of a tool that reports its
 * progress it streams the answer, where the runtime can.
 */
export function toolHandler(
  tool: Tool,
  runtime: StreamingRuntime | undefined = lambdaRuntime(),
): (event: unknown) => Promise<ToolResult> {
  if (!runtime || !reportsProgress(tool)) return (event) => callTool(tool, event, () => undefined);
  return streamedAnswers(runtime, (event, tell) => callTool(tool, event, tell));
}

async function callTool(
  tool: Tool,
  event: unknown,
  tell: (progress: ToolProgress) => void,
): Promise<ToolResult> {
  const { input, context } = toolInvocation.parse(event);
  const parsed = tool.input.safeParse(input);
  if (!parsed.success) {
    return failure('invalid-input', formatProblems(describeIssues(parsed.error, input)));
  }
  // What is no progress is thrown, not rejected: a rejection that nobody awaits would end the process.
  const progress = (said: ToolProgress): Promise<void> => Promise.resolve(tell(fitProgress(said)));
  try {
    const output = await tool.handler(parsed.data, { ...context, progress });
    requireJson(output); // what JSON cannot hold must fail here, where it can be worded
    return { ok: true, output: output ?? null };
  } catch (error) {
    console.error(error); // oxlint-disable-line eslint/no-console -- a function's log is its console
    return failure('tool-failed', error instanceof Error ? error.message : String(error));
  }
}

/** A handler that takes no context cannot report anything. */
function reportsProgress({ handler }: Pick<Tool, 'handler'>): boolean {
  return handler.length > 1;
}

/** @throws ToolError when an output is none that JSON can hold, in words of our own where the engine's are not plain */
function requireJson(output: unknown): void {
  try {
    JSON.stringify(output, plainOnly);
  } catch (error) {
    if (error instanceof RangeError) throw unusable('it is nested too deep. Return a flatter one');
    if (!(error instanceof TypeError && error.message.includes('circular'))) throw error;
    throw unusable('a part of it refers back to the whole, which JSON cannot hold. Return plain data');
  }
}

/** JSON would turn NaN and the infinities into null, and a model would take that for an answer. */
function plainOnly(key: string, value: unknown): unknown {
  if (typeof value === 'bigint') {
    throw unusable(`"${key}" is the BigInt ${value}, which JSON cannot hold. Return a number or a string`);
  }
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  throw unusable(`"${key}" is ${value}, which JSON cannot hold. Return a number, null or a string`);
}

function unusable(why: string): ToolError {
  return new ToolError(`The tool's output is not usable: ${why}.`);
}

function failure(code: 'invalid-input' | 'tool-failed', message: string): ToolResult {
  return { ok: false, error: { code, message: message.slice(0, errorMessageMax) } };
}

/**
 * The tool's spec for its `tool.json`, or what is wrong with it, one problem per field.
 * Input types that JSON Schema cannot express (dates, maps, transforms, …) are problems, and so are such rules.
 */
export function toolSpecOf(tool: unknown): { spec: ToolSpec } | { problems: Problem[] } {
  if (!isTool(tool)) {
    return {
      problems: [
        {
          field: 'tool',
          message: 'expected `export const tool = defineTool({ name, description, input, handler })`',
        },
      ],
    };
  }
  const input = inputSchemaOf(tool.input, 'input', refuseUnsupported);
  if ('problems' in input) return input;
  const rule = tool.approval && approvalSpecOf(tool.approval, tool.input);
  if (rule && 'problems' in rule) return rule;
  const streams = reportsProgress(tool) && { streams: true };
  const spec = { name: tool.name, description: tool.description, input: input.schema, ...rule, ...streams };
  const parsed = toolSpec.safeParse(spec);
  return parsed.success ? { spec: parsed.data } : { problems: describeIssues(parsed.error, spec) };
}

function isTool(value: unknown): value is Tool {
  const candidate = value as Partial<Tool> | null | undefined;
  return typeof candidate?.handler === 'function' && candidate.input instanceof z.ZodObject;
}
