import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { LocalError } from '../errors.ts';
import { bareHeaders } from './bare-headers.ts';
import { isLocalHost } from './local-hosts.ts';
import type { BucketStore } from '../aws/bucket-store.ts';
import type { Distribution } from '../distribution/distribution.ts';
import { Edge } from '../distribution/edge.ts';
import type { HeaderRules } from '../distribution/header-rules.ts';
import { Proxy } from './proxy.ts';
import { type Action, type Routes, redirectTarget } from './routes.ts';

const portsToTry = 50;

/** A request at the load balancer, and what changes the headers of its answer. */
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  headers?: HeaderRules;
}

export interface GatewayOptions {
  /** The routes as they are now. */
  routes(): Routes;
  /** The distribution before the load balancer, when the stacks have one. */
  distribution(): Distribution | undefined;
  buckets: BucketStore;
  /** Port of a healthy process behind a target group. */
  target(targetGroupArn: string): number | undefined;
  /** Seconds without a byte after which the load balancer ends a connection. */
  idleTimeoutSeconds(): number;
  /** Answers everything below `/local/`. */
  serveLocal(request: IncomingMessage, response: ServerResponse): void;
  /** Answers `/` when there is no distribution and no rule does. */
  servePage(request: IncomingMessage, response: ServerResponse): void;
}

/**
 * The place of the distribution, if there is one, and of the load balancer: one loopback port, the stacks'
 * behaviors and listener rules, and local running's own pages.
 */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #proxy = new Proxy();
  readonly #edge: Edge;
  readonly #server: Server;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#edge = new Edge({
      buckets: options.buckets,
      toBalancer: (request, response, url, headers) => {
        this.#perform(this.#route(request, url), url, { request, response, headers });
      },
    });
    // Clients that offer HTTP/2 ("upgrade: h2c") take an answer in HTTP/1.1, as the load balancer gives it.
    const shouldUpgradeCallback = ({ method, headers }: IncomingMessage): boolean =>
      method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
    this.#server = createServer({ shouldUpgradeCallback }, (request, response) => {
      response.on('error', () => undefined);
      this.#serve(request, response);
    });
    this.#server.requestTimeout = 0;
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /**
   * Listen on `port`, or the next free one.
   * @throws LocalError when there is none (or with `exact`, when it is taken)
   */
  async listen(port: number, exact: boolean): Promise<void> {
    for (let candidate = port; candidate < port + (exact || port === 0 ? 1 : portsToTry); candidate += 1) {
      if (await this.#tryListen(candidate)) return;
    }
    throw new LocalError(
      exact
        ? `Port ${port} cannot be used: it is taken, or not yours to use. Choose another one with --port, or leave it out.`
        : `Ports ${port} to ${port + portsToTry - 1} are all taken. Choose another one with --port.`,
    );
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Stop listening; connections that are open go on until `close`. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    this.#proxy.close();
    await closed;
  }

  #tryListen(port: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException): void =>
        error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(false) : reject(error);
      this.#server.once('error', onError);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#server.off('error', onError);
        resolve(true);
      });
    });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    if (!isLocalHost(request.headers.host)) {
      const message = 'This machine is reached as localhost or 127.0.0.1 only.\n';
      return answer(response, 421, 'text/plain', message);
    }
    const url = this.#addressOf(request);
    if (!url) return answer(response, 400, 'text/plain', 'The request names no path.\n');
    if (url.pathname.startsWith('/local/')) return this.#options.serveLocal(request, response);
    const distribution = this.#options.distribution();
    if (distribution) return void this.#edge.serve(distribution, request, response, url);
    const action = this.#find(request, url);
    if (!action && url.pathname === '/') return this.#options.servePage(request, response);
    this.#perform(action ?? this.#options.routes().fallback, url, { request, response });
  }

  /** What the load balancer does with a request. */
  #route(request: IncomingMessage, url: URL): Action {
    return this.#find(request, url) ?? this.#options.routes().fallback;
  }

  #addressOf(request: IncomingMessage): URL | undefined {
    const path = request.url ?? '';
    return path.startsWith('/') && URL.canParse(this.url + path) ? new URL(this.url + path) : undefined;
  }

  #find(request: IncomingMessage, url: URL): Action | undefined {
    const { method = 'GET', headers } = request;
    return this.#options.routes().find({ method, headers, path: url.pathname });
  }

  #perform(action: Action, url: URL, { request, response, headers }: Exchange): void {
    switch (action.type) {
      case 'forward': {
        const port = this.#portFor(action.targetGroups);
        if (port !== undefined) {
          const idleTimeoutMs = this.#idleMs();
          return this.#proxy.forward(request, response, { port, idleTimeoutMs, headers });
        }
        return answer(response, 503, 'text/plain', 'The service behind this path is not ready.\n', headers);
      }
      case 'redirect': {
        const { status, location } = redirectTarget(action.config, url);
        return void response.writeHead(status, headers?.applyTo({ location }) ?? { location }).end();
      }
      case 'fixed-response':
        return answer(response, action.status, action.contentType, action.body, headers ?? asTheyAre);
      default:
        return answer(
          response,
          501,
          'text/plain',
          `Local running does not offer the action ${action.name}.\n`,
          headers,
        );
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined);
    const url = this.#addressOf(request);
    const action = url && this.#mayUpgrade(request, url) ? this.#find(request, url) : undefined;
    const port = action?.type === 'forward' ? this.#portFor(action.targetGroups) : undefined;
    if (port === undefined)
      return void socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n');
    this.#proxy.upgrade(request, socket, head, port, this.#idleMs());
  }

  /** Whether a change of protocol gets to the load balancer. */
  #mayUpgrade(request: IncomingMessage, url: URL): boolean {
    const origin = this.#options.distribution()?.behaviorOf(url.pathname).origin;
    return isLocalHost(request.headers.host) && (origin === undefined || origin.type === 'balancer');
  }

  #portFor(targetGroups: string[]): number | undefined {
    for (const group of targetGroups) {
      const port = this.#options.target(group);
      if (port !== undefined) return port;
    }
    return undefined;
  }

  #idleMs(): number {
    return this.#options.idleTimeoutSeconds() * 1000;
  }
}

/** A load balancer that stands alone adds nothing to the answers its rules give. */
const asTheyAre: HeaderRules = { applyTo: (headers) => headers };
const bare: HeaderRules = { applyTo: (headers) => ({ ...bareHeaders, ...headers }) };

function answer(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string,
  headers: HeaderRules = bare,
): void {
  const about = { 'content-type': contentType, 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, headers.applyTo(about)).end(body);
}
