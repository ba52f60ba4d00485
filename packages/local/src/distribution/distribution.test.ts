import { connect } from 'node:net';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BucketStore } from '../aws/bucket-store.ts';
import { type FixtureStack, ssmOutput } from '@parley/assembly/testing';
import { Machine } from '../testing/machine.ts';
import { website } from '../testing/sample-site.ts';
import { echoProgram, echoService, foundation as plainFoundation } from '../testing/sample-stacks.ts';

let machine: Machine;
let buckets: BucketStore;

/** The load balancer, with its name for others. */
function foundation(): FixtureStack {
  const stack = plainFoundation();
  const name = { 'Fn::GetAtt': ['Balancer', 'DNSName'] };
  return {
    ...stack,
    Resources: { ...stack.Resources, Name: ssmOutput('/sample/network/alb-dns-name', name) },
  };
}

const script = `console.log('${'word '.repeat(400)}');`;
const put = (key: string, body: string, contentType: string, cacheControl?: string) =>
  buckets.put('sample-site', key, Buffer.from(body), {
    contentType,
    metadata: {},
    ...(cacheControl === undefined ? {} : { cacheControl }),
  });

beforeAll(async () => {
  machine = await Machine.create();
  await machine.program('@sample/echo', { 'server.mjs': echoProgram });
  await machine.start([foundation(), echoService(), website()], {
    seeds: { '/sample/echo/image-tag': 'one' },
  });
  buckets = new BucketStore(machine.dataFolder);
  await put('site/index.html', '<p>the page</p>', 'text/html; charset=utf-8', 'no-cache');
  await put('site/assets/app-1.js', script, 'text/javascript', 'public, immutable');
  await put('site/a b.txt', 'with a blank', 'text/plain');
  await put('secret.json', '{}', 'application/json');
});
afterAll(() => machine.remove());

const fetchText = async (path: string, init?: RequestInit) => {
  const answer = await fetch(machine.url + path, init);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

/** The answer as it came, not decompressed. */
async function raw(
  path: string,
  headers: Record<string, string>,
): Promise<{ answer: IncomingMessage; body: Buffer }> {
  const request = get(machine.url + path, { headers });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return { answer, body: Buffer.concat(await answer.toArray()) };
}

describe('a bucket behind the distribution', () => {
  test.each(['/', '/index.html', '/chat/weather', '/health?x=1'])(
    '%s is answered with the page',
    async (path) => {
      const { status, headers, text: page } = await fetchText(path);
      expect([status, page, headers.get('cache-control')]).toEqual([200, '<p>the page</p>', 'no-cache']);
    },
  );

  test('serves only what is in the folder of the origin, by its decoded name', async () => {
    expect((await fetchText('/a%20b.txt')).text).toBe('with a blank');
    for (const path of ['/secret.json', '/../secret.json', '/%2e%2e/secret.json', '/%zz.js'])
      expect((await fetchText(path)).status, path).toBe(404);
  });

  test('a missing file is missing, and forbidden where the distribution may not list the bucket', async () => {
    const asS3Says = (code: string) => expect.stringContaining(`<Code>${code}</Code>`) as string;
    expect(await fetchText('/assets/old-0.js')).toMatchObject({ status: 404, text: asS3Says('NoSuchKey') });
    await machine.update([foundation(), echoService(), website({ actions: ['s3:GetObject'] })]);
    expect(await fetchText('/assets/old-0.js')).toMatchObject({
      status: 403,
      text: asS3Says('AccessDenied'),
    });
    await machine.update([foundation(), echoService(), website()]);
  });

  test('the headers of its policy are on every answer, errors too', async () => {
    for (const path of ['/', '/assets/app-1.js', '/missing.js', '/teapot', '/api/nobody']) {
      const { headers } = await fetchText(path);
      expect(Object.fromEntries(headers), path).toMatchObject({
        // The page may be open at localhost, which is another origin than that of presigned forms.
        'content-security-policy': `default-src 'self' ${machine.url}`,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': 'max-age=60; includeSubDomains',
        'x-frame-options': 'DENY',
        'x-sample': 'yes',
      });
      expect(headers.has('last-modified'), path).toBe(false);
    }
  });

  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('what is kept is compressed by %s for who takes it', async (encoding, decompress) => {
    const { answer, body } = await raw('/assets/app-1.js', { 'accept-encoding': `deflate, ${encoding}` });
    expect(answer.headers).toMatchObject({ 'content-encoding': encoding, vary: 'accept-encoding' });
    expect(body.length).toBeLessThan(script.length / 4);
    expect(decompress(body).toString()).toBe(script);
  });

  test('nothing is compressed for who does not take it, nor where nothing is kept', async () => {
    const plain = await raw('/assets/app-1.js', {});
    expect(plain.answer.headers['content-encoding']).toBeUndefined();
    expect(plain.body.toString()).toBe(script);
    await put('site/large.txt', script, 'text/plain');
    expect(
      (await raw('/large.txt', { 'accept-encoding': 'br' })).answer.headers['content-encoding'],
    ).toBeUndefined();
  });

  test('who has an object already is told so', async () => {
    const first = await raw('/assets/app-1.js', { 'accept-encoding': 'br' });
    const again = await raw('/assets/app-1.js', { 'if-none-match': String(first.answer.headers.etag) });
    expect([again.answer.statusCode, again.body.length]).toEqual([304, 0]);
    const changed = await raw('/assets/app-1.js', { 'if-none-match': '"other"' });
    expect(changed.answer.statusCode).toBe(200);
  });

  test('a HEAD has the headers alone, and another method is refused', async () => {
    const head = await fetchText('/assets/app-1.js', {
      method: 'HEAD',
      headers: { 'accept-encoding': 'identity' },
    });
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([
      200,
      '',
      String(script.length),
    ]);
    expect((await fetchText('/', { method: 'POST', body: 'x' })).status).toBe(403);
  });
});

describe('the load balancer behind the distribution', () => {
  test('gets its paths, with method, headers, query and body', async () => {
    const { status, text: body } = await fetchText('/echo/x?a=1&a=2', {
      method: 'PATCH',
      headers: { authorization: 'Bearer t', 'last-event-id': 'r:1', 'idempotency-key': 'k' },
      body: 'sent',
    });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      url: '/echo/x?a=1&a=2',
      body: 'sent',
      headers: { authorization: 'Bearer t', 'last-event-id': 'r:1', 'idempotency-key': 'k' },
    });
  });

  test('answers 404 itself to what no service has claimed: it does not become the page', async () => {
    expect(await fetchText('/api/nobody')).toMatchObject({ status: 404, text: 'No such path' });
  });

  test('streams through without holding anything back', async () => {
    const answer = await fetch(`${machine.url}/echo/slow`);
    const reader = answer.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: first\n\n');
    await reader.cancel();
  });

  test('is reached by a WebSocket on its paths and on no other', async () => {
    const upgrade = async (path: string) => {
      const { port, hostname } = new URL(machine.url);
      const socket = connect(Number(port), hostname);
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`,
      );
      const [data] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return data.toString().split('\r\n')[0];
    };
    expect(await upgrade('/echo/socket')).toContain('101');
    expect(await upgrade('/chat/socket')).toContain('503');
  });
});

describe('a function of viewer requests', () => {
  test('may answer itself', async () => {
    const { status, text: body, headers } = await fetchText('/teapot');
    expect([status, body, headers.get('x-from')]).toEqual([418, 'short and stout', 'function']);
  });

  test('sees the request as CloudFront shows it', async () => {
    const { text: body } = await fetchText('/event?a=1&a=2&b=x', {
      headers: { cookie: 'c=3; d=4', 'x-own': 'v' },
    });
    expect(JSON.parse(body)).toMatchObject({
      version: '1.0',
      context: { eventType: 'viewer-request' },
      viewer: { ip: '127.0.0.1' },
      request: {
        method: 'GET',
        uri: '/event',
        querystring: { a: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] }, b: { value: 'x' } },
        headers: { 'x-own': { value: 'v' } },
        cookies: { c: { value: '3' }, d: { value: '4' } },
      },
    });
  });

  test('has nothing of this machine within reach', async () => {
    expect((await fetchText('/reach')).text).toBe('undefined,undefined,undefined');
  });

  test.each(['/throw', '/spin', '/nothing'])('that fails (%s) fails its request alone', async (path) => {
    const { status, text: body } = await fetchText(path);
    expect([status, body]).toEqual([503, expect.stringContaining('function failed')]);
    expect((await fetchText('/')).status).toBe(200);
  });

  test('is exchanged by an update', async () => {
    const code = `function handler() { return { statusCode: 200, body: 'another' }; }`;
    await machine.update([foundation(), echoService(), website({ code })]);
    expect((await fetchText('/')).text).toBe('another');
    await machine.update([foundation(), echoService(), website()]);
    expect((await fetchText('/')).text).toBe('<p>the page</p>');
  });
});

test('an origin that is not here is named', async () => {
  expect(await fetchText('/elsewhere/x')).toMatchObject({
    status: 502,
    text: expect.stringContaining('example.com'),
  });
});

test('what has no effect here is listed, with the reason', async () => {
  const lambda = { EventType: 'viewer-response', FunctionARN: { 'Fn::GetAtt': ['Fallback', 'FunctionARN'] } };
  const config = {
    CustomErrorResponses: [{ ErrorCode: 404 }],
    DefaultCacheBehavior: { TargetOriginId: 'site', FunctionAssociations: [lambda] },
  };
  await machine.update([foundation(), echoService(), website({ config })]);
  const listed = machine.system.notRun.filter(({ type }) => type.startsWith('AWS::CloudFront::'));
  expect(listed.map(({ type }) => type)).toEqual([
    'AWS::CloudFront::Distribution CachePolicyId',
    'AWS::CloudFront::Distribution CustomErrorResponses',
    'AWS::CloudFront::Distribution function at viewer-response',
    'AWS::CloudFront::OriginAccessControl',
  ]);
});

test('without a distribution, or with one that is switched off, the gateway is the load balancer', async () => {
  await machine.update([foundation(), echoService(), website({ config: { Enabled: false } })]);
  expect((await fetchText('/chat')).text).toBe('No such path');
  await machine.update([foundation(), echoService()]);
  expect((await fetchText('/')).text).toContain('<title>Parley</title>');
  expect((await fetchText('/echo/x')).status).toBe(200);
});
