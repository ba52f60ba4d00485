import { once } from 'node:events';
import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** An error as AWS documents it, thrown by an operation. */
export class AwsFault extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Answers a call; of a service with paths, `GET /…` and the like, with the path as `path` of the input. */
export type Operation = (input: Record<string, unknown>) => unknown;

/** A local server that speaks AWS's three protocols: JSON, queries answered in XML, and JSON by paths. */
export interface LocalAws {
  env: Record<string, string>;
  /** Operations that were called, in order. */
  calls: string[];
  close(): Promise<void>;
}

export async function startLocalAws(operations: Readonly<Record<string, Operation>>): Promise<LocalAws> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { name, wire, input } = callOf(request, body.toString());
      calls.push(name);
      response.setHeader('content-type', wire === 'query' ? 'text/xml' : 'application/x-amz-json-1.1');
      try {
        const operation = operations[name];
        if (!operation) throw new AwsFault('AccessDeniedException', `not authorized to perform: ${name}`);
        const answer = operation(input) ?? {};
        response.end(wire === 'query' ? xmlAnswer(name, answer) : JSON.stringify(answer));
      } catch (error) {
        const { name: code, message } = error as Error;
        response.writeHead(400, { 'x-amzn-errortype': code });
        response.end(wire === 'query' ? xmlFault(code, message) : JSON.stringify({ __type: code, message }));
      }
    });
  });
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    calls,
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Call {
  name: string;
  wire: 'json' | 'query' | 'rest';
  input: Record<string, unknown>;
}

function callOf({ headers, method = '', url = '' }: IncomingMessage, body: string): Call {
  const target = headers['x-amz-target'];
  const parsed = (text: string) => (text === '' ? {} : (JSON.parse(text) as Record<string, unknown>));
  if (typeof target === 'string')
    return { name: target.split('.').at(-1) ?? '', wire: 'json', input: parsed(body) };
  if (!(headers['content-type'] ?? '').includes('form-urlencoded')) {
    const path = decodeURIComponent(url.split('?')[0] ?? '');
    return { name: `${method} ${path.split('/').at(-1)}`, wire: 'rest', input: { ...parsed(body), path } };
  }
  const form = Object.fromEntries(new URLSearchParams(body));
  return { name: form['Action'] ?? '', wire: 'query', input: form };
}

function xmlAnswer(name: string, answer: unknown): string {
  return `<${name}Response><${name}Result>${xml(answer)}</${name}Result></${name}Response>`;
}

function xmlFault(code: string, message: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error></ErrorResponse>`;
}

function xml(value: unknown): string {
  if (Array.isArray(value)) return value.map((each) => `<member>${xml(each)}</member>`).join('');
  if (typeof value !== 'object' || value === null) return escaped(String(value));
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .map(([key, inner]) => `<${key}>${xml(inner)}</${key}>`)
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
