import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HttpError } from './errors.ts';
import type { Log } from './log.ts';
import { securityHeaders } from './security-headers.ts';
import type { ServiceEnv } from './service-env.ts';

export interface RequestFrameOptions {
  log: Log;
  /** Successful requests to it are not logged: the load balancer makes one every few seconds. */
  quietPath: string;
}

/** What happens around every request: its id, its log line, security headers. */
export function frameRequest({ log, quietPath }: RequestFrameOptions): MiddlewareHandler<ServiceEnv> {
  return async (c, next) => {
    const began = performance.now();
    const requestId = requestIdOf(c.req.header('x-request-id'));
    c.set('requestId', requestId);
    c.set('log', log.child({ requestId }));
    for (const [name, value] of Object.entries(securityHeaders)) c.header(name, value);
    c.header('x-request-id', requestId);
    await next();
    if (c.req.path === quietPath && c.res.ok) return;
    c.get('log').info('request', {
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      milliseconds: Math.round(performance.now() - began),
      user: c.get('user')?.sub,
    });
  };
}

/** Refuses bodies of more than `bytesMax` bytes with `too-large`. */
export function limitBody(bytesMax: number): MiddlewareHandler<ServiceEnv> {
  const refuse = () => {
    throw new HttpError('too-large', `The request body is larger than ${bytesMax} bytes: send less.`);
  };
  const countBytes = bodyLimit({ maxSize: bytesMax, onError: refuse });
  return async (c, next) => {
    const { method } = c.req;
    const length =
      c.req.header('content-length') ?? (method === 'GET' || method === 'HEAD' ? '0' : undefined);
    // To look at a body makes a web request of it: 3 KB, for as long as the answer streams.
    if (length === undefined || c.req.header('transfer-encoding') !== undefined) return countBytes(c, next);
    return Number(length) > bytesMax ? refuse() : next();
  };
}

/** Refuses every request once `stopping` aborts, and closes its connection. */
export function refuseWhen(stopping: AbortSignal): MiddlewareHandler<ServiceEnv> {
  return async (_, next) => {
    if (!stopping.aborted) return next();
    throw new HttpError(
      'shutting-down',
      'This task is shutting down: send the request again, another one takes it.',
      {
        headers: { connection: 'close', 'retry-after': '1' },
      },
    );
  };
}

/** The caller's id, when it is one that can stand in a log line. */
function requestIdOf(header: string | undefined): string {
  return header && /^[\w.:=-]{1,128}$/.test(header) ? header : randomUUID();
}
