import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../errors.ts';

/**
 * The whole body of a request.
 * @throws AwsError RequestTooLarge when it is longer than `limit` bytes
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) {
      throw new AwsError('RequestTooLargeException', `Request must be smaller than ${limit} bytes`, 413);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Answer as the services with a JSON protocol do. */
export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** The error answer of the JSON protocol. */
export function sendJsonError(response: ServerResponse, error: AwsError): void {
  response.setHeader('x-amzn-errortype', error.code);
  sendJson(response, { __type: error.code, message: error.message, Message: error.message }, error.status);
}

/** Whatever was thrown, as an error of AWS; the unexpected becomes an internal error. */
export function asAwsError(thrown: unknown): AwsError {
  if (thrown instanceof AwsError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new AwsError('InternalFailure', `Local running failed: ${message}`, 500);
}
