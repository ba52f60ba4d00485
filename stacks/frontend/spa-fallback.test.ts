import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';

const source = readFileSync(join(import.meta.dirname, 'spa-fallback.js'), 'utf8');

interface ViewerRequest {
  method: string;
  uri: string;
  querystring: object;
  headers: object;
  cookies: object;
}

/** Runs the function as CloudFront does: with an event, and nothing else within reach. */
function run(uri: string): ViewerRequest {
  const request = { method: 'GET', uri, querystring: { a: { value: '1' } }, headers: {}, cookies: {} };
  const event = { version: '1.0', context: { eventType: 'viewer-request' }, viewer: { ip: '::1' }, request };
  return runInNewContext(`${source}\nhandler(event)`, { event }) as ViewerRequest;
}

test.each(['/', '/chat', '/chat/weather', '/chat/weather/s-1/', '/a.b/c', '/ünï%20code'])(
  'an address inside the page, %s, is answered with the page',
  (uri) => {
    expect(run(uri)).toMatchObject({ uri: '/index.html', querystring: { a: { value: '1' } } });
  },
);

test.each(['/config.json', '/favicon.svg', '/assets/index-C3x.js', '/missing.png', '/.well-known/x.txt'])(
  'a file, %s, is asked for as it is',
  (uri) => {
    expect(run(uri).uri).toBe(uri);
  },
);

test('is small enough for CloudFront', () => {
  expect(Buffer.byteLength(source)).toBeLessThan(10_240);
});
