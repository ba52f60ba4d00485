import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createApiClient, type ApiClient } from './api-client.ts';
import type { StreamEvent } from '@parley/contract/stream';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function clientOf(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<ApiClient> {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return createApiClient(`http://127.0.0.1:${port}`, () => Promise.resolve('token'));
}

const words = ['One', ' two', ' three', ' four'];
const events: StreamEvent[] = words.map((delta) => ({ type: 'text-delta', id: 't', delta }));

/** Writes events from number `from` on; ends with [DONE], or cuts the connection after `count` of them. */
function writeEvents(response: ServerResponse, from: number, count: number): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const sent = events.slice(from, from + count);
  const text = sent.map((event, i) => `id: run_1:${from + i}\ndata: ${JSON.stringify(event)}\n\n`).join('');
  if (from + count >= events.length) response.end(`${text}data: [DONE]\n\n`);
  else response.write(text, () => setImmediate(() => response.destroy()));
}

test.each([1, 2, 3])('an answer cut after every %i events arrives whole, each word once', async (count) => {
  const requests: string[] = [];
  const client = await clientOf((request, response) => {
    const lastId = request.headers['last-event-id'];
    requests.push(`${request.method} ${request.url}`);
    writeEvents(response, lastId === undefined ? 0 : Number(String(lastId).split(':')[1]) + 1, count);
  });
  const seen: string[] = [];
  for await (const { event } of client.run('s1', { parentId: null, text: 'Count' })) {
    if (event.type === 'text-delta') seen.push(event.delta);
  }
  expect(seen).toEqual(words);
  expect(requests[0]).toBe('POST /inference/sessions/s1/runs');
  expect(new Set(requests.slice(1))).toEqual(new Set(['GET /inference/runs/run_1/events']));
});

test('a start whose answer never came is repeated with the same idempotency key', async () => {
  const keys: unknown[] = [];
  const client = await clientOf((request, response) => {
    keys.push(request.headers['idempotency-key']);
    if (keys.length === 1) response.destroy();
    else writeEvents(response, 0, events.length);
  });
  const seen = [];
  for await (const { event } of client.run('s1', { parentId: null, text: 'Count' })) seen.push(event);
  expect(seen).toHaveLength(words.length);
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
});

test('what a service refuses is said in its own words', async () => {
  const client = await clientOf((_, response) => {
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { code: 'not-found', message: 'No session "s1".' } }));
  });
  await expect(client.session('s1')).rejects.toThrow('No session "s1".');
  await expect(client.run('s1', { parentId: null }).next()).rejects.toThrow('No session "s1".');
});
