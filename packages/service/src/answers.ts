import type { Hono } from 'hono';
import type { ErrorHandler, NotFoundHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { HttpError, toHttpProblem } from './errors.ts';
import type { ServiceEnv } from './service-env.ts';

/** Answers an error in the contract's form; one that is not meant for clients goes to the log, with its stack. */
export const answerError: ErrorHandler<ServiceEnv> = (error, c) => {
  const { status, headers, body, unexpected } = toHttpProblem(error, c.get('requestId'));
  if (unexpected) c.get('log').error('unexpected error', error);
  else if (status >= 500) c.get('log').error('not available', error);
  return c.json(body, status as ContentfulStatusCode, headers);
};

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Answers requests no route takes: 405 with `Allow` when the path has other methods, else 404. */
export function answerUnmatched(app: Hono<ServiceEnv>): NotFoundHandler<ServiceEnv> {
  return (c) => {
    const { method, path } = c.req;
    const allowed = methods.filter((each) =>
      app.router.match(each, path)[0].some(([[, route]]) => route.method === each),
    );
    const requestId = c.get('requestId');
    if (allowed.length === 0) {
      const error = new HttpError('not-found', `There is nothing at ${path}: check the address.`);
      return c.json(toHttpProblem(error, requestId).body, 404);
    }
    const allow = allowed.join(', ');
    const message = `${path} does not take ${method}: use ${allow}.`;
    const { body } = toHttpProblem(new HttpError('method-not-allowed', message), requestId);
    return c.json(body, 405, { allow });
  };
}
