import type { ServerResponse } from 'node:http';
import type { Connect, Plugin } from 'vite';

const discoveryPath = '/local/sign-in/.well-known/openid-configuration';

/** What the deployed site answers with every page; here, so that tests meet the same limits. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Stands where CloudFront stands in AWS, before a running `pnpm start`: gives the site its
 * configuration, and the issuer the site's own origin. The rest is proxied.
 */
export function siteGateway(system: string): Plugin {
  const middleware =
    (withPolicy: boolean): Connect.NextHandleFunction =>
    (request, response, next) => {
      const path = request.url?.split('?')[0] ?? '';
      if (path === '/config.json') return sendJson(response, siteConfig(system));
      if (path === discoveryPath) return sendJson(response, discovery(system, request.headers.host ?? ''));
      if (withPolicy && !/^\/(api|inference|apps|local)\//.test(path)) {
        response.setHeader('content-security-policy', pagePolicy);
      }
      next();
    };
  return {
    name: 'parley-site-gateway',
    configureServer: (server) => void server.middlewares.use(middleware(false)),
    configurePreviewServer: (server) => void server.middlewares.use(middleware(true)),
  };
}

async function siteConfig(system: string): Promise<object> {
  const { issuer } = (await (await fetch(system + discoveryPath)).json()) as { issuer: string };
  return { issuer, clientId: 'local', scope: 'openid parley-local/chat', metadataUrl: discoveryPath };
}

async function discovery(system: string, host: string): Promise<object> {
  const text = await (await fetch(system + discoveryPath)).text();
  return JSON.parse(text.replaceAll(system, `http://${host}`)) as object;
}

function sendJson(response: ServerResponse, body: Promise<object>): void {
  body.then(
    (value) => {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify(value));
    },
    () => response.writeHead(502).end('Is `pnpm start` running? Name its address in PARLEY_URL.\n'),
  );
}
