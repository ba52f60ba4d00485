/**
 * Runs a function's handler as Lambda's Node runtime does: loads it, then asks the Runtime API for one event
 * after the other. Runs in a process of its own, with the function's environment only.
 */
import { existsSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { awslambda, isStreaming, streamResponse } from './streamed-response.ts';

type Callback = (error: unknown, result?: unknown) => void;
type Handler = (event: unknown, context: unknown, callback: Callback) => unknown;

const api = `http://${variable('AWS_LAMBDA_RUNTIME_API')}/2018-06-01/runtime`;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

async function run(): Promise<void> {
  let handler: Handler;
  Object.assign(globalThis, { awslambda }); // what code looks for as it is loaded
  try {
    handler = await loadHandler(variable('LAMBDA_TASK_ROOT'), variable('_HANDLER'));
  } catch (error) {
    console.error(error);
    await call('POST', '/init/error', JSON.stringify(describe(error)));
    process.exit(1);
  }
  for (;;) await serveOne(handler);
}

async function serveOne(handler: Handler): Promise<void> {
  const { headers, body } = await call('GET', '/invocation/next');
  const requestId = String(headers['lambda-runtime-aws-request-id']);
  const failed = (error: unknown): ErrorText => {
    console.error(`${requestId}\tERROR\tInvoke Error\t`, error);
    return describe(error);
  };
  if (isStreaming(handler)) {
    const context = contextOf(headers, requestId);
    const target = { url: `${api}/invocation/${requestId}/response`, agent, describe: failed };
    return streamResponse(target, (stream) => handler(JSON.parse(body), stream, context));
  }
  let outcome: { path: string; text: string };
  try {
    const result = await callHandler(handler, JSON.parse(body), contextOf(headers, requestId));
    outcome = { path: 'response', text: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    outcome = { path: 'error', text: JSON.stringify(failed(error)) };
  }
  await call('POST', `/invocation/${requestId}/${outcome.path}`, outcome.text);
}

function callHandler(handler: Handler, event: unknown, context: unknown): Promise<unknown> {
  if (handler.length < 3) return Promise.resolve(handler(event, context, () => undefined));
  return new Promise((resolve, reject) => {
    const result = handler(event, context, (error, value) =>
      error ? reject(error as Error) : resolve(value),
    );
    if (result instanceof Promise) result.then(resolve, reject);
  });
}

async function loadHandler(root: string, name: string): Promise<Handler> {
  const dot = name.lastIndexOf('.');
  const base = join(root, name.slice(0, dot));
  const file = ['.mjs', '.js', '.cjs'].map((suffix) => base + suffix).find((path) => existsSync(path));
  if (!file) throw named('Runtime.ImportModuleError', `Cannot find module '${name.slice(0, dot)}'`);
  const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  const inner = module['default'] as Record<string, unknown> | undefined;
  const handler = module[name.slice(dot + 1)] ?? inner?.[name.slice(dot + 1)];
  if (typeof handler === 'function') return handler as Handler;
  throw named('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
}

function contextOf(headers: IncomingMessage['headers'], requestId: string): unknown {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId: requestId,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: process.env['AWS_LAMBDA_FUNCTION_VERSION'],
    memoryLimitInMB: process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

interface ErrorText {
  errorType: string;
  errorMessage: string;
  trace: string[];
}

function describe(error: unknown): ErrorText {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
}

function call(
  method: 'GET' | 'POST',
  path: string,
  text?: string,
): Promise<{ headers: IncomingMessage['headers']; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(api + path, { method, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

process.on('uncaughtException', (error) => {
  console.error(error);
  process.exit(1);
});
await run();
