import {
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
  type InvokeWithResponseStreamCommandOutput,
  type LambdaClientConfig,
} from '@aws-sdk/client-lambda';
import type { LambdaToolDefinition } from '@parley/contract/agent';
import type { ToolCallContext, ToolInvocation } from '@parley/contract/tool';
import type { ToolProgress } from '@parley/contract/tool-progress';
import type { ToolFailure } from './errors.ts';
import { raceSignal } from './race.ts';
import { answerOf, streamedAnswerOf } from './tool-answer.ts';
import { callFailure, timedOut } from './tool-failures.ts';

export interface ToolCall {
  tool: LambdaToolDefinition;
  /** As the model wrote it; the tool itself validates it. */
  input: unknown;
  context: ToolCallContext;
  signal: AbortSignal;
  /** Gets what the tool says of its progress, until the call has its outcome. Default: nobody does. */
  onProgress?: (progress: ToolProgress) => void;
}

export type ToolOutcome = { ok: true; output: unknown } | { ok: false; error: ToolFailure };

/** Runs a tool. Rejects only with the reason of an aborted signal: what a tool does wrong is an outcome. */
export interface ToolInvoker {
  invoke(call: ToolCall): Promise<ToolOutcome>;
}

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
    async invoke(call) {
      const { tool, signal } = call;
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), (tool.timeoutSeconds + marginSeconds) * 1_000);
      const abortSignal = AbortSignal.any([signal, late.signal]);
      try {
        const invoke = tool.streams ? invokeStreaming : invokeBuffered;
        return await raceSignal(invoke(client, call, abortSignal), abortSignal);
      } catch (error) {
        signal.throwIfAborted();
        return { ok: false, error: late.signal.aborted ? timedOut(tool) : callFailure(tool, error) };
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

async function invokeBuffered(
  client: LambdaClient,
  call: ToolCall,
  abortSignal: AbortSignal,
): Promise<ToolOutcome> {
  const answer = await client.send(new InvokeCommand(requestOf(call)), { abortSignal });
  return answerOf(call.tool, answer);
}

/** A region without response streaming does not know the call, and so has not run the function. */
async function invokeStreaming(
  client: LambdaClient,
  call: ToolCall,
  abortSignal: AbortSignal,
): Promise<ToolOutcome> {
  const { tool, onProgress } = call;
  let answer: InvokeWithResponseStreamCommandOutput;
  try {
    const command = new InvokeWithResponseStreamCommand(requestOf(call));
    answer = await client.send(command, { abortSignal });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'UnknownOperationException')) throw error;
    return invokeBuffered(client, call, abortSignal);
  }
  return streamedAnswerOf(tool, answer.EventStream ?? [], (progress) => {
    if (!abortSignal.aborted) onProgress?.(progress);
  });
}

function requestOf({ tool, input, context }: ToolCall): { FunctionName: string; Payload: string } {
  const invocation: ToolInvocation = { input, context };
  return { FunctionName: tool.functionArn, Payload: JSON.stringify(invocation) };
}
