import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FunctionRunner } from '../functions/function-runner.ts';
import { errorTrailers, streamingMode } from '../functions/streamed-response.ts';

const route =
  /^\/runtime\/([^/]+)\/2018-06-01\/runtime\/(?:(init\/error)|invocation\/(?:(next)|([^/]+)\/(response|error)))$/;

/** Path prefix under which function processes reach the Runtime API. */
export const runtimeApiPath = '/runtime';

/**
 * Take the streamed response of a function process, as it comes; false when the request is none. Resolves when the
 * stream has ended, or the process has.
 */
export async function serveStreamedResponse(
  runner: FunctionRunner,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  if (request.headers[streamingMode.name.toLowerCase()] !== streamingMode.value) return false;
  const [, processId = '', , , requestId = '', outcome] = route.exec(request.url ?? '') ?? [];
  if (outcome !== 'response') return false;
  try {
    await runner.process(processId)?.respondStreaming(requestId, request, () => failureOf(request));
  } catch {
    // The process ended in the middle; that settles the invocation.
  }
  request.resume();
  response.writeHead(202).end();
  return true;
}

function failureOf({ trailers }: IncomingMessage): string | undefined {
  const body = trailers[errorTrailers.body.toLowerCase()];
  return body === undefined ? undefined : Buffer.from(body, 'base64').toString();
}

/** Answer a function process; false when the request is not one for the Runtime API. */
export function serveRuntimeApi(
  runner: FunctionRunner,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): boolean {
  const match = route.exec(request.url ?? '');
  if (!match) return false;
  const [, processId, initError, next, requestId, outcome] = match;
  const process = runner.process(processId ?? '');
  if (!process) {
    response.writeHead(404).end();
    return true;
  }
  if (next) {
    process.next(({ payload, headers }) => {
      response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end(payload);
    });
    return true;
  }
  if (initError) process.failInit(body.toString());
  else if (outcome === 'response') process.respond(requestId ?? '', body.toString());
  else process.fail(requestId ?? '', body.toString());
  response.writeHead(202).end();
  return true;
}
