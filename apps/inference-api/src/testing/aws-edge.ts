import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/** A function as Lambda runs it: takes the payload; answers JSON, throws, or is cut at its timeout. */
export interface LambdaFunction {
  handler: (payload: unknown) => Promise<unknown>;
  timeoutSeconds: number;
}

/** A loopback server that speaks Lambda's Invoke, as the SDK's client uses it. */
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
    void invoke(functions, request).then(({ status = 200, headers = {}, body }) =>
      response.writeHead(status, headers).end(body),
    );
  });
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
  if (!lambda) {
    const headers = { 'x-amzn-errortype': 'ResourceNotFoundException' };
    return { status: 404, headers, body: JSON.stringify({ Message: `Function not found: ${name}` }) };
  }
  try {
    const result = await Promise.race([lambda.handler(JSON.parse(body)), timeout(lambda.timeoutSeconds)]);
    return { body: JSON.stringify(result ?? null) };
  } catch (error) {
    const { name: errorType, message: errorMessage } = error as Error;
    return {
      headers: { 'x-amz-function-error': 'Unhandled' },
      body: JSON.stringify({ errorType, errorMessage }),
    };
  }
}

/** Rejects as Lambda words it. */
async function timeout(seconds: number): Promise<never> {
  await delay(seconds * 1_000, undefined, { ref: false });
  throw Object.assign(new Error(`Task timed out after ${seconds.toFixed(2)} seconds`), {
    name: 'Sandbox.Timedout',
  });
}

function functionName(url: string): string {
  const [, encoded = ''] = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(url) ?? [];
  return decodeURIComponent(encoded).split(':').at(-1) ?? '';
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
