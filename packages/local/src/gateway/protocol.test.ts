import { once } from 'node:events';
import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askEcho } from '../testing/sample-client.ts';
import { Machine } from '../testing/machine.ts';
import { echoProgram, echoService, foundation } from '../testing/sample-stacks.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await Machine.create();
  await machine.program('@sample/echo', { 'server.mjs': echoProgram });
  await machine.start([foundation(), echoService()]);
});
afterAll(() => machine.remove());

/** Everything the gateway answers to these lines, up to the end of the connection. */
async function answerTo(...lines: string[]): Promise<string> {
  const socket = connect(Number(new URL(machine.system.url).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.write(lines.join('\r\n'));
  await once(socket, 'close');
  return text;
}

test.each(['GET', 'DELETE', 'POST'])('a %s with a body in chunks arrives as one request', async (method) => {
  const inner = 'GET /echo/smuggled HTTP/1.1\r\nhost: localhost\r\n\r\n';
  const answer = await answerTo(
    `${method} /echo/outer HTTP/1.1`,
    'host: localhost',
    'connection: close',
    'transfer-encoding: chunked',
    '',
    inner.length.toString(16),
    inner,
    '0',
    '',
    '',
  );
  expect(answer).toMatch(/^HTTP\/1.1 200/);
  expect(answer).toContain('"url":"/echo/outer"');
  expect(answer).toContain(JSON.stringify(inner));
});

test.each(['/echo', '/'])(
  'an offer to speak HTTP/2 on %s is answered in HTTP/1.1, body and all',
  async (path) => {
    const answer = await answerTo(
      `GET ${path} HTTP/1.1`,
      'host: localhost',
      'connection: close, Upgrade, HTTP2-Settings',
      'upgrade: h2c',
      'http2-settings: AAMAAABkAAQAAP__',
      '',
      '',
    );
    expect(answer).toMatch(/^HTTP\/1.1 200/);
    expect(answer).toMatch(/"url":"\/echo"|<h1>Parley<\/h1>/);
  },
);

describe('a service that answers before it has read the body', () => {
  const body = Buffer.alloc(8_000_000);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  afterAll(() => agent.destroy());

  async function post(path: string, headers: OutgoingHttpHeaders): Promise<{ status: number; text: string }> {
    const sent = request(machine.system.url + path, { method: 'POST', agent, headers });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, text: await textOf(response) };
  }

  test.each([{ 'content-length': body.length }, { 'transfer-encoding': 'chunked' }])(
    'is heard, with %o, and the connection goes on',
    async (headers) => {
      for (let i = 0; i < 10; i += 1)
        expect(await post('/echo/refuse', headers)).toEqual({ status: 413, text: 'too large' });
      expect((await post('/echo/after', headers)).status).toBe(200);
    },
  );
});

test('a length that a change of protocol announces takes nothing from the next one', async () => {
  const upgrade = (path: string, ...more: string[]): string[] => [
    `GET ${path} HTTP/1.1`,
    'host: localhost',
    'connection: upgrade',
    'upgrade: websocket',
    ...more,
    '',
    '',
  ];
  await machine.program('@sample/echo', {
    'server.mjs': echoProgram.replace("server.on('upgrade'", "server.on('never'"),
  });
  await machine.update([foundation(), echoService()]);
  const refused = /^HTTP\/1.1 200 OK\r\nconnection: close/;
  expect(await answerTo(...upgrade('/echo/first', 'content-length: 30'))).toMatch(refused);
  expect(await answerTo(...upgrade('/echo/second'))).toMatch(refused);
  expect((await askEcho(machine)).url).toBe('/echo');
});
