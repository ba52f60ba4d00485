import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FunctionRunner } from '../functions/function-runner.ts';

const route =
  /^\/runtime\/([^/]+)\/2018-06-01\/runtime\/(?:(init\/error)|invocation\/(?:(next)|([^/]+)\/(response|error)))$/;

/** Path prefix under which function processes reach the Runtime API. */
export const runtimeApiPath = '/runtime';

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
