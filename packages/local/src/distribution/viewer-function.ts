import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Script, createContext } from 'node:vm';
import * as z from 'zod';

/** Milliseconds on the clock. CloudFront gives less than one of processor time, but a busy machine pauses us. */
const timeLimit = 2_000;

const value = z.object({ value: z.string() });
const answer = z.object({
  statusCode: z.number().int(),
  statusDescription: z.string().optional(),
  headers: z.record(z.string(), value).default({}),
  body: z
    .union([z.string(), z.object({ data: z.string(), encoding: z.enum(['text', 'base64']) })])
    .optional(),
});
const request = z.object({
  uri: z.string().startsWith('/'),
  querystring: z.record(z.string(), z.object({ value: z.string(), multiValue: z.array(value).optional() })),
  headers: z.record(z.string(), value),
});

/** What a viewer-request function decides: an answer of its own, or the request as it goes on. */
export type Decision =
  | { type: 'answer'; status: number; headers: Record<string, string>; body: Buffer }
  | { type: 'go-on'; path: string; query: string; headers: Record<string, string> };

/**
 * Runs a CloudFront Function (runtime 2.0) on a viewer's request. Nothing of Node is within its reach.
 * @throws when it throws, runs too long, or returns neither a request nor a response
 */
export async function runViewerFunction(
  code: string,
  incoming: IncomingMessage,
  url: URL,
  distributionId: string,
): Promise<Decision> {
  const context = createContext(
    { event: undefined, result: undefined },
    { codeGeneration: { strings: false, wasm: false } },
  );
  const event = JSON.stringify(viewerEvent(incoming, url, distributionId));
  // The event is made inside: an object from here would bring the way out with it.
  const script = new Script(`${code}\n;handler(JSON.parse(${JSON.stringify(event)}))`);
  const returned: unknown = await script.runInContext(context, { timeout: timeLimit });
  const result: unknown = JSON.parse(JSON.stringify(returned) ?? 'null');
  const own = answer.safeParse(result);
  if (own.success) return { type: 'answer', ...answered(own.data) };
  return { type: 'go-on', ...onward(request.parse(result)) };
}

function answered({ statusCode, headers, body = '' }: z.output<typeof answer>) {
  const content = typeof body === 'string' ? { data: body, encoding: 'text' } : body;
  return {
    status: statusCode,
    headers: plain(headers),
    body: Buffer.from(content.data, content.encoding === 'base64' ? 'base64' : 'utf8'),
  };
}

function onward({ uri, querystring, headers }: z.output<typeof request>) {
  const query = new URLSearchParams(
    Object.entries(querystring).flatMap(([name, { value: single, multiValue }]) =>
      (multiValue ?? [{ value: single }]).map((each): [string, string] => [name, each.value]),
    ),
  ).toString();
  return { path: uri, query: query === '' ? '' : `?${query}`, headers: plain(headers) };
}

function plain(headers: Record<string, { value: string }>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, each]) => [name.toLowerCase(), each.value]));
}

function viewerEvent(incoming: IncomingMessage, url: URL, distributionId: string): object {
  const { cookie = '', ...headers } = incoming.headers;
  return {
    version: '1.0',
    context: {
      distributionDomainName: url.host,
      distributionId,
      eventType: 'viewer-request',
      requestId: randomUUID(),
    },
    viewer: { ip: incoming.socket.remoteAddress ?? '' },
    request: {
      method: incoming.method ?? 'GET',
      uri: url.pathname,
      querystring: multiValues([...url.searchParams]),
      headers: multiValues(
        Object.entries(headers).flatMap(([name, values]) =>
          [values ?? []].flat().map((each): [string, string] => [name, each]),
        ),
      ),
      cookies: multiValues(
        cookie.split(/; */).flatMap((pair): [string, string][] => {
          const at = pair.indexOf('=');
          return at < 1 ? [] : [[pair.slice(0, at), pair.slice(at + 1)]];
        }),
      ),
    },
  };
}

function multiValues(pairs: [string, string][]): object {
  const groups = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries(
    [...groups].map(([name, all]) => {
      const multiValue = all.map(([, each]) => ({ value: each }));
      return [name, { ...multiValue[0], ...(all.length > 1 ? { multiValue } : {}) }];
    }),
  );
}
