import {
  Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from 'node:http';
import type { Duplex } from 'node:stream';
import type { HeaderRules } from '../distribution/header-rules.ts';

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export interface ForwardOptions {
  port: number;
  /** Ends a connection on which nothing moves, as the load balancer would. */
  idleTimeoutMs: number;
  /** Changes the headers of the answer. @default they stay */
  headers?: HeaderRules | undefined;
}

/** Forwards requests to services, streaming both ways without holding anything back. */
export class Proxy {
  // A connection for each request: a kept one may be closed by the service at the moment it is used again.
  readonly #agent = new Agent({ keepAlive: false });

  /** Forward a request and its answer. */
  forward(
    request: IncomingMessage,
    response: ServerResponse,
    { port, idleTimeoutMs, headers }: ForwardOptions,
  ): void {
    const onward = send({
      host: '127.0.0.1',
      port,
      method: request.method,
      path: request.url,
      // A service that is told to close does so with its answer, and with a body still on its way the answer is lost.
      headers: { ...forwardedHeaders(request), ...framing(request), connection: 'keep-alive' },
      agent: this.#agent,
    });
    onward.setTimeout(idleTimeoutMs, () => onward.destroy(new IdleError()));
    onward.on('response', (answer) => {
      const back = endToEnd(answer.headers);
      response.writeHead(answer.statusCode ?? 502, headers?.applyTo(back) ?? back);
      response.flushHeaders();
      answer.on('error', () => response.destroy());
      answer.on('aborted', () => response.destroy());
      answer.pipe(response);
    });
    onward.on('error', (error) => {
      if (response.headersSent) return void response.destroy();
      const status = error instanceof IdleError ? 504 : 502;
      response.writeHead(status, { 'content-type': 'text/plain' });
      response.end(
        status === 504 ? 'The service did not answer in time.\n' : 'The service ended the connection.\n',
      );
    });
    response.on('close', () => {
      onward.destroy();
      // What is left of a body that the service did not want stands before the connection's next request.
      request.unpipe(onward).resume();
    });
    request.pipe(onward);
  }

  /** Forward a request to change protocols (WebSocket), then every byte. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, port: number, idleTimeoutMs: number): void {
    // What follows the request belongs to the other protocol: a length would promise a body that never comes.
    const { 'content-length': _, ...headers } = forwardedHeaders(request);
    const onward = send({
      host: '127.0.0.1',
      port,
      method: request.method,
      path: request.url,
      headers: { ...headers, connection: 'upgrade', upgrade: request.headers.upgrade },
      agent: this.#agent,
    });
    socket.on('error', () => onward.destroy());
    socket.on('close', () => onward.destroy());
    onward.on('upgrade', (answer, other, otherHead) => {
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`);
      socket.write(otherHead);
      other.write(head);
      other.setTimeout(idleTimeoutMs, () => other.destroy());
      for (const [from, to] of [[socket, other] as const, [other, socket] as const]) {
        from.on('error', () => to.destroy());
        from.on('close', () => to.destroy());
        from.pipe(to);
      }
    });
    onward.on('response', (answer) => {
      socket.end(`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nconnection: close\r\n\r\n`);
      answer.resume();
    });
    onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\n\r\n'));
    onward.end();
  }

  close(): void {
    this.#agent.destroy();
  }
}

class IdleError extends Error {}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
}

/** A body in chunks stays one: Node sends that of a GET or DELETE bare when no header says how it ends. */
function framing({ headers }: IncomingMessage): IncomingHttpHeaders {
  const encoding = headers['transfer-encoding'];
  return encoding === undefined ? {} : { 'transfer-encoding': encoding };
}

function forwardedHeaders(request: IncomingMessage): IncomingHttpHeaders {
  const before = request.headers['x-forwarded-for'];
  const client = request.socket.remoteAddress ?? '';
  return {
    ...endToEnd(request.headers),
    'x-forwarded-for': before === undefined ? client : `${String(before)}, ${client}`,
    'x-forwarded-proto': 'http',
    'x-forwarded-port': String(request.socket.localPort),
  };
}
