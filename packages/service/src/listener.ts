import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { ServiceEnv } from './service-env.ts';

type FetchCallback = Parameters<typeof createAdaptorServer>[0]['fetch'];

/** Longer than the load balancer's 60 s, so that it is never we who close a connection it is about to use. */
const keepAliveMilliseconds = 65_000;
/** The whole head of a request must be there by then; must be longer than the keep-alive time. */
const headersMilliseconds = 66_000;

export interface Listener {
  port: number;
  /** Accepts no more connections; resolves when no request is open any more. */
  drain(): Promise<void>;
  /** Cuts whatever is still open. */
  closeNow(): void;
}

/** Starts an HTTP server for `app`. Rejects when the port is taken. */
export async function startListening(
  app: Hono<ServiceEnv>,
  { port, host }: { port: number; host?: string | undefined },
): Promise<Listener> {
  const server = createAdaptorServer({ fetch: app.fetch as FetchCallback, createServer }) as Server;
  server.keepAliveTimeout = keepAliveMilliseconds;
  server.headersTimeout = headersMilliseconds;
  const openRequests = countOpenRequests(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host ? { host } : {}) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    drain: async () => {
      server.close();
      await openRequests.none();
    },
    closeNow: () => server.closeAllConnections(),
  };
}

/**
 * Counts requests rather than connections: the load balancer keeps connections open that have nothing
 * to say, and waiting for those would cost the whole stop time.
 */
function countOpenRequests(server: Server): { none(): Promise<void> } {
  let open = 0;
  const idle = new EventEmitter();
  server.on('request', (_, response) => {
    open += 1;
    response.once('close', () => {
      open -= 1;
      if (open === 0) idle.emit('idle');
    });
  });
  return {
    none: async () => {
      if (open > 0) await once(idle, 'idle');
    },
  };
}
