import { frame } from '@parley/agent/testing/event-stream';
import type { AnswerStream, StreamingRuntime } from '@parley/contract/tool-stream';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/** A function as Lambda runs it: takes the payload; answers JSON, streams, throws, or is cut at its timeout. */
export interface LambdaFunction {
  handler: (payload: unknown, stream: AnswerStream) => Promise<unknown>;
  timeoutSeconds: number;
}

/** Where tools' handlers are made for this edge: they are given the stream of their answer. */
export const edgeRuntime: StreamingRuntime = {
  streamifyResponse: (handler) => handler as (event: unknown) => Promise<never>,
};

/** A loopback server that speaks Lambda's Invoke, streaming and not, as the SDK's client uses it. */
export interface AwsEdge {
  url: string;
  /** By name; what an ARN ends in. */
  functions: Map<string, LambdaFunction>;
  close(): Promise<void>;
}

/**
 * The one thing in these tests that is not real: AWS's edge. What runs behind it is real, such as a
 * tool's own handler, made by the contract's `toolHandler`.
 */
export async function startAwsEdge(): Promise<AwsEdge> {
  const functions = new Map<string, LambdaFunction>();
  const server = createServer((request, response) => {
    if (isStreamed(request)) return void stream(functions, request, response);
    void invoke(functions, request).then(({ status = 200, headers = {}, body }) =>
      response.writeHead(status, headers).end(body),
    );
  });
  // A process that was paused must find its idle connections as it left them: a tool is never called again.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, functions, close: () => closed(server) };
}

interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body: string;
}

async function invoke(functions: Map<string, LambdaFunction>, request: IncomingMessage): Promise<Answer> {
  const name = functionName(request.url ?? '');
  const body = await text(request);
  const lambda = functions.get(name);
  if (!lambda) return notFound(name);
  const written: string[] = [];
  const result = await run(lambda, body, (chunk) => written.push(chunk));
  if ('error' in result)
    return { headers: { 'x-amz-function-error': 'Unhandled' }, body: JSON.stringify(result.error) };
  return { body: written.join('') || JSON.stringify(result.value ?? null) };
}

async function stream(
  functions: Map<string, LambdaFunction>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = functionName(request.url ?? '');
  const body = await text(request);
  const lambda = functions.get(name);
  if (!lambda) {
    const { status, headers, body: said } = notFound(name);
    return void response.writeHead(status, headers).end(said);
  }
  const send = (type: string, payload: string): void =>
    void response.write(frame({ ':message-type': 'event', ':event-type': type }, payload));
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
  const result = await run(lambda, body, (chunk) => send('PayloadChunk', chunk));
  const error = 'error' in result && { ErrorCode: 'Unhandled', ErrorDetails: JSON.stringify(result.error) };
  send('InvokeComplete', JSON.stringify(error || {}));
  response.end();
}

async function run(
  { handler, timeoutSeconds }: LambdaFunction,
  payload: string,
  write: (chunk: string) => void,
): Promise<{ value: unknown } | { error: { errorType: string; errorMessage: string } }> {
  try {
    const answered = handler(JSON.parse(payload), { write, end: () => undefined });
    return { value: await Promise.race([answered, timeout(timeoutSeconds)]) };
  } catch (error) {
    const { name: errorType, message: errorMessage } = error as Error;
    return { error: { errorType, errorMessage } };
  }
}

function notFound(name: string): Required<Answer> {
  const headers = { 'x-amzn-errortype': 'ResourceNotFoundException' };
  return { status: 404, headers, body: JSON.stringify({ Message: `Function not found: ${name}` }) };
}

/** Rejects as Lambda words it. */
async function timeout(seconds: number): Promise<never> {
  await delay(seconds * 1_000, undefined, { ref: false });
  throw Object.assign(new Error(`Task timed out after ${seconds.toFixed(2)} seconds`), {
    name: 'Sandbox.Timedout',
  });
}

function isStreamed({ url = '' }: IncomingMessage): boolean {
  return url.startsWith('/2021-11-15/functions/');
}

function functionName(url: string): string {
  const [, encoded = ''] = /\/functions\/([^/]+)\/(?:response-streaming-)?invocations/.exec(url) ?? [];
  return decodeURIComponent(encoded).split(':').at(-1) ?? '';
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
