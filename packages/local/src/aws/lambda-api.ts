import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../errors.ts';
import { type FunctionSpec, payloadLimit } from '../functions/function-spec.ts';
import type { FunctionRunner } from '../functions/function-runner.ts';
import { eventFrame } from './event-stream.ts';
import { sendJson } from './wire.ts';

const eventLimit = 1024 * 1024;
const route =
  /^\/(?:2015-03-31\/functions\/([^/?]+)\/invocations|2021-11-15\/functions\/([^/?]+)\/(response-streaming)-invocations)(?:\?(.*))?$/;

/** Whether a request is one for the Lambda API. */
export function isLambdaPath(url: string): boolean {
  return url.startsWith('/2015-03-31/') || url.startsWith('/2021-11-15/');
}

/**
 * Answer a call of the Lambda API: `Invoke`, synchronous, asynchronous or dry, and `InvokeWithResponseStream`.
 * @throws AwsError as Lambda answers
 */
export async function serveLambda(
  runner: FunctionRunner,
  find: (named: string, qualifier: string | undefined) => FunctionSpec,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const match = route.exec(request.url ?? '');
  if (!match || request.method !== 'POST') {
    throw new AwsError(
      'UnknownOperationException',
      `Local running offers only Invoke and InvokeWithResponseStream, not ${request.method} ${request.url}.`,
      404,
    );
  }
  const [, buffered, streamed, isStreaming, query = ''] = match;
  const qualifier = new URLSearchParams(query).get('Qualifier') ?? undefined;
  const spec = find(functionName(buffered ?? streamed ?? ''), qualifier);
  const kind = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  const payload = checkedPayload(body, kind === 'Event' ? eventLimit : payloadLimit);
  if (kind === 'DryRun') return void response.writeHead(204).end();
  if (kind === 'Event') {
    void runner.invoke(spec, payload);
    return void response.writeHead(202).end();
  }
  if (isStreaming) return stream(runner, spec, payload, response);
  const result = await runner.invoke(spec, payload);
  response.setHeader('x-amz-executed-version', spec.version);
  if (result.functionError) response.setHeader('x-amz-function-error', result.functionError);
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(result.payload),
  });
  response.end(result.payload);
}

/** Sends each piece of the answer as an event; the last event says whether the function failed. */
async function stream(
  runner: FunctionRunner,
  spec: FunctionSpec,
  payload: string,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'application/vnd.amazon.eventstream',
    'x-amz-executed-version': spec.version,
  });
  const sendChunk = (chunk: Buffer): void => {
    response.write(eventFrame('PayloadChunk', 'application/octet-stream', chunk));
  };
  const { payload: rest, functionError } = await runner.invoke(spec, payload, sendChunk);
  if (!functionError && rest !== '') sendChunk(Buffer.from(rest));
  const end = functionError ? { ErrorCode: functionError, ErrorDetails: rest } : {};
  response.end(eventFrame('InvokeComplete', 'application/json', Buffer.from(JSON.stringify(end))));
}

function functionName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    const message = `The function name ${encoded} is not well-formed percent-encoding`;
    throw new AwsError('InvalidParameterValueException', message);
  }
}

function checkedPayload(body: Buffer, limit: number): string {
  if (body.length > limit) {
    const message = `${body.length} byte payload is too large for the operation (limit ${limit} bytes)`;
    throw new AwsError('RequestEntityTooLargeException', message, 413);
  }
  const text = body.length === 0 ? '{}' : body.toString();
  try {
    JSON.parse(text);
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${String(error)}`,
    );
  }
  return text;
}

/** The error answer of the Lambda API. */
export function sendLambdaError(response: ServerResponse, error: AwsError): void {
  response.setHeader('x-amzn-errortype', error.code);
  sendJson(response, { Type: 'User', Message: error.message, message: error.message }, error.status);
}
