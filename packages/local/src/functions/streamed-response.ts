/** The part of Lambda's Node runtime that streams a function's answer. Runs in the function's process. */
import { type Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';

export type StreamingHandler = (event: unknown, stream: ClientRequest, context: unknown) => unknown;

/** Lambda's own mark on a handler. */
const mark = Symbol.for('aws.lambda.runtime.handler.streaming');

/** What Lambda's Node runtime has as the global `awslambda`, as far as functions of ours use it. */
export const awslambda = {
  streamifyResponse: <Handler extends object>(handler: Handler): Handler =>
    Object.assign(handler, { [mark]: 'response' }),
};

export function isStreaming(handler: object): handler is StreamingHandler {
  return mark in handler;
}

/** Errors of the Runtime API's wire: a stream that has begun cannot become an error, so it ends with one. */
export const errorTrailers = {
  type: 'Lambda-Runtime-Function-Error-Type',
  body: 'Lambda-Runtime-Function-Error-Body',
};

export const streamingMode = { name: 'Lambda-Runtime-Function-Response-Mode', value: 'streaming' };

export interface StreamTarget {
  /** Where the Runtime API takes the response of this invocation. */
  url: string;
  agent: Agent;
  /** What is said of an error that the handler threw, as JSON. */
  describe(error: unknown): { errorType: string };
}

/** Calls the handler, and sends what it writes as it comes. */
export async function streamResponse(
  { url, agent, describe }: StreamTarget,
  handle: (stream: ClientRequest) => unknown,
): Promise<void> {
  const { promise: taken, resolve, reject } = Promise.withResolvers<void>();
  const headers = {
    [streamingMode.name]: streamingMode.value,
    'Transfer-Encoding': 'chunked',
    Trailer: Object.values(errorTrailers).join(', '),
  };
  const stream = request(url, { method: 'POST', agent, headers }, (response: IncomingMessage) => {
    response.resume().on('end', resolve).on('error', reject);
  }).on('error', reject);
  try {
    await handle(stream);
  } catch (error) {
    const said = describe(error);
    const body = Buffer.from(JSON.stringify(said)).toString('base64');
    stream.addTrailers({ [errorTrailers.type]: said.errorType, [errorTrailers.body]: body });
  }
  if (!stream.writableEnded) stream.end();
  await taken;
}
