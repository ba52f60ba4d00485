import {
  InvokeCommand,
  LambdaClient,
  type InvokeCommandOutput,
  type LambdaClientConfig,
} from '@aws-sdk/client-lambda';
import type { LambdaToolDefinition } from '@parley/contract/agent';
import { toolResult, type ToolContext, type ToolInvocation } from '@parley/contract/tool';
import { z } from 'zod';
import { errorText, type ToolFailure } from './errors.ts';
import { raceSignal } from './race.ts';

export interface ToolCall {
  tool: LambdaToolDefinition;
  /** As the model wrote it; the tool itself validates it. */
  input: unknown;
  context: ToolContext;
  signal: AbortSignal;
}

export type ToolOutcome = { ok: true; output: unknown } | { ok: false; error: ToolFailure };

/** Runs a tool. Rejects only with the reason of an aborted signal: what a tool does wrong is an outcome. */
export interface ToolInvoker {
  invoke(call: ToolCall): Promise<ToolOutcome>;
}

/** What Lambda accepts and answers at most in one synchronous call. */
const payloadMegabytesMax = 6;

export interface LambdaToolInvokerOptions {
  client: LambdaClient;
  /** Added to a tool's own timeout: its start, and the way there and back. Then we stop waiting. Default 3. */
  marginSeconds?: number;
}

/**
 * The Lambda client for tools. It calls once: a tool may change something, so a call whose connection
 * broke is reported, not repeated. And it opens as many connections as there are calls: each holds one
 * while its tool works, and the SDK's default of 50 would have the next call wait until it is timed out.
 */
export function createToolClient(config: LambdaClientConfig = {}): LambdaClient {
  const agent = { maxSockets: Infinity };
  return new LambdaClient({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 3_000, httpAgent: agent, httpsAgent: agent },
    ...config,
  });
}

/** Invokes tools' Lambda functions by ARN and waits for their answer. Make the client with `createToolClient`. */
export function createLambdaToolInvoker({
  client,
  marginSeconds = 3,
}: LambdaToolInvokerOptions): ToolInvoker {
  return {
    async invoke({ tool, input, context, signal }) {
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), (tool.timeoutSeconds + marginSeconds) * 1_000);
      const abortSignal = AbortSignal.any([signal, late.signal]);
      try {
        const Payload = JSON.stringify({ input, context } satisfies ToolInvocation);
        const command = new InvokeCommand({ FunctionName: tool.functionArn, Payload });
        return outcomeOf(tool, await raceSignal(client.send(command, { abortSignal }), abortSignal));
      } catch (error) {
        signal.throwIfAborted();
        return { ok: false, error: late.signal.aborted ? timedOut(tool) : callFailure(tool, error) };
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function outcomeOf(tool: LambdaToolDefinition, { FunctionError, Payload }: InvokeCommandOutput): ToolOutcome {
  const answer = parseJson(Payload?.transformToString() ?? '');
  if (FunctionError) return { ok: false, error: functionFailure(tool, answer) };
  const parsed = toolResult.safeParse(answer);
  if (parsed.success) return parsed.data.ok ? { ok: true, output: parsed.data.output ?? null } : parsed.data;
  return failure('tool-failed', `The tool "${tool.name}" answered with something that is no tool result.`);
}

const functionError = z
  .object({ errorType: z.string().catch(''), errorMessage: z.string().catch('') })
  .catch({ errorType: '', errorMessage: '' });

/** A function that threw, crashed, ran out of time, or answered too much: `{errorType, errorMessage}`. */
function functionFailure(tool: LambdaToolDefinition, answer: unknown): ToolFailure {
  const { errorType, errorMessage } = functionError.parse(answer);
  const said = `${errorType} ${errorMessage}`;
  if (/timed ?out/i.test(said)) return timedOut(tool);
  if (/ResponseSizeTooLarge|payload size exceeded/i.test(said)) return tooLarge(tool);
  if (/OutOfMemory|signal: (killed|aborted)/i.test(said)) return outOfMemory(tool);
  if (errorType === 'Runtime.ExitError') return ended(tool, errorMessage);
  const reason = errorMessage ? `: ${errorText(errorMessage, 500)}` : '.';
  return { code: 'tool-failed', message: `The tool "${tool.name}" failed${reason}` };
}

/** A call that never reached the function, or whose answer never came. */
function callFailure(tool: LambdaToolDefinition, error: unknown): ToolFailure {
  const name = error instanceof Error ? error.name : '';
  if (/TooLarge/.test(name)) return tooLarge(tool);
  if (name === 'TooManyRequestsException') {
    return {
      code: 'tool-unavailable',
      message: `The tool "${tool.name}" is called too often. Try again in a while.`,
    };
  }
  if (name === 'ResourceNotFoundException' || name === 'AccessDeniedException') {
    return {
      code: 'tool-unavailable',
      message: `The tool "${tool.name}" is not there or may not be called (${name}). Deploy its stack again.`,
    };
  }
  return {
    code: 'tool-unavailable',
    message: `The tool "${tool.name}" could not be reached: ${errorText(error, 300)}`,
  };
}

function timedOut(tool: LambdaToolDefinition): ToolFailure {
  return {
    code: 'tool-timed-out',
    message: `The tool "${tool.name}" did not answer within ${tool.timeoutSeconds} seconds.`,
  };
}

/** Lambda kills a process that takes too much; Node aborts its own when its heap is full. */
function outOfMemory(tool: LambdaToolDefinition): ToolFailure {
  return {
    code: 'tool-failed',
    message: `The tool "${tool.name}" needed more memory than it has, and was ended. Ask for less at once. Its developer can have it hold less, or give it more (memoryMiB).`,
  };
}

function ended(tool: LambdaToolDefinition, errorMessage: string): ToolFailure {
  const how = /Runtime exited with error: (.+)$/.exec(errorMessage)?.[1] ?? 'for no reason that is known';
  return {
    code: 'tool-failed',
    message: `The tool "${tool.name}" ended before it could answer (${errorText(how, 100)}). Its developer finds more in its log.`,
  };
}

function tooLarge(tool: LambdaToolDefinition): ToolFailure {
  return {
    code: 'tool-output-too-large',
    message: `The tool "${tool.name}" was given or answered more than ${payloadMegabytesMax} MB. Ask for less at once.`,
  };
}

function failure(code: ToolFailure['code'], message: string): ToolOutcome {
  return { ok: false, error: { code, message } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
