import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { S3Api } from '../aws/s3-api.ts';
import { bareHeaders } from './bare-headers.ts';
import { isLoopbackUrl } from './local-hosts.ts';

/** Where buckets are reached by browsers and services, below the gateway's origin. */
export const s3Path = '/local/s3';

const pageFolder = new URL('./page/', import.meta.url);
const files: Record<string, { file: string; type: string }> = {
  '/': { file: 'index.html', type: 'text/html; charset=utf-8' },
  '/local/page.css': { file: 'page.css', type: 'text/css; charset=utf-8' },
  '/local/page.js': { file: 'page.js', type: 'text/javascript; charset=utf-8' },
};
const contentPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'";

/** Answers what belongs to local running itself: its page, sign-in and the buckets. */
export function localPages(
  issuer: Hono,
  s3: S3Api,
): (request: IncomingMessage, response: ServerResponse) => void {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    if (!context.res.headers.has('content-security-policy')) {
      context.header('content-security-policy', contentPolicy);
    }
    context.header('x-content-type-options', 'nosniff');
    context.header('referrer-policy', 'no-referrer');
  });
  for (const [path, { file, type }] of Object.entries(files)) {
    app.get(path, async (context) =>
      context.body(await readFile(new URL(file, pageFolder), 'utf8'), 200, { 'content-type': type }),
    );
  }
  app.route('/', issuer);
  const listen = getRequestListener(app.fetch);
  return (request, response) => {
    if (!request.url?.startsWith(`${s3Path}/`)) return void listen(request, response);
    for (const [name, value] of Object.entries(bareHeaders)) response.setHeader(name, value);
    if (allowOrigin(request, response)) void s3.serve({ request, response, basePath: s3Path });
  };
}

/** Pages of this machine may use presigned addresses; others may not. @returns whether to go on */
function allowOrigin(request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers;
  if (origin === undefined) return true;
  if (!isLoopbackUrl(origin)) {
    response.writeHead(403).end();
    return false;
  }
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'etag');
  response.setHeader('vary', 'origin');
  if (request.method !== 'OPTIONS') return true;
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, HEAD, PUT, POST',
    'access-control-allow-headers': 'content-type',
  });
  response.end();
  return false;
}
