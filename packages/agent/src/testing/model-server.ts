import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Writes one answer of a server. */
export type Reply = (response: ServerResponse) => void | Promise<void>;

export interface ModelServer<Body = unknown> extends AsyncDisposable {
  origin: string;
  /** Bodies of the requests so far. */
  requests: Body[];
  paths: string[];
  headers: IncomingMessage['headers'][];
  /** Settles when a client has cut the connection of a request before its end. */
  cut: Promise<void>;
  close(): Promise<void>;
}

/** A server on loopback: request number n gets `replies[n]`, and the last reply is given again to all further ones. */
export async function startModelServer<Body>(...replies: Reply[]): Promise<ModelServer<Body>> {
  const requests: Body[] = [];
  const paths: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const cut = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    response.on('close', () => response.writableFinished || cut.resolve());
    void (async () => {
      requests.push(JSON.parse(await bodyOf(request)) as Body);
      paths.push(request.url ?? '');
      headers.push(request.headers);
      await replies[Math.min(requests.length, replies.length) - 1]!(response);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { origin, requests, paths, headers, cut: cut.promise, close, [Symbol.asyncDispose]: close };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

export type Piece = string | Uint8Array;

/** Streams of one content type: ended as HTTP wants, silent after their pieces until the client goes, or broken. */
export function streamOf(
  contentType: string,
): Record<'whole' | 'hanging' | 'broken', (...pieces: Piece[]) => Reply> {
  const begin = (response: ServerResponse) => response.writeHead(200, { 'content-type': contentType });
  return {
    whole:
      (...pieces) =>
      (response) => {
        begin(response);
        for (const piece of pieces) response.write(piece);
        response.end();
      },
    hanging:
      (...pieces) =>
      (response) => {
        begin(response).flushHeaders();
        for (const piece of pieces) response.write(piece);
      },
    broken:
      (...pieces) =>
      async (response) => {
        begin(response);
        for (const piece of pieces)
          await new Promise<void>((resolve) => response.write(piece, () => resolve()));
        response.destroy();
      },
  };
}

export function jsonReply(status: number, body: object, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}
