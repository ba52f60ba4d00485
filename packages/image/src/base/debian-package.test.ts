import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { samplePackage } from '../testing/sample-package.ts';
import { openPackage } from './debian-package.ts';

const sha256 = createHash('sha256').update(samplePackage).digest('hex');
const source = { name: 'sample', path: 'pool/sample_1.0_all.deb', sha256 };

let cache: string;
let server: Server;
let origin: string;
let asked: string[];
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'parley-debian-'));
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === `/good/${source.path}`) response.end(samplePackage);
    else if (request.url === `/forged/${source.path}`) response.end('something else');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.close();
  await rm(cache, { recursive: true });
});

const from = (...names: string[]) => ({ cache, mirrors: names.map((name) => `${origin}/${name}`) });

test('a package comes from the first mirror that has the very file, and its files and links can be read', async () => {
  const { files, control } = await openPackage(source, from('gone', 'forged', 'good', 'unasked'));
  expect(files.get('usr/lib/x/libsample.so.1.0')?.content.toString()).toBe('a library\n');
  expect(files.get('usr/lib/x/libsample.so.1')?.link).toBe('libsample.so.1.0');
  expect(control).toContain('Package: sample\nVersion: 1.0\n');
  expect(asked).toEqual(['gone', 'forged', 'good'].map((name) => `/${name}/${source.path}`));
});

test('what was downloaded once is not asked for again', async () => {
  await openPackage(source, from('good'));
  await openPackage(source, from('good'));
  expect(asked).toHaveLength(1);
});

test('without a mirror that has it, the error says what each answered and where the file can be put', async () => {
  const closed = `http://127.0.0.1:${await closedPort()}`;
  const failure = openPackage(source, { cache, mirrors: [`${origin}/gone`, `${origin}/forged`, closed] });
  await expect(failure).rejects.toMatchObject({ name: 'ImageError', code: 'base-unavailable' });
  const { message } = (await failure.catch((error: unknown) => error)) as Error;
  expect(message).toContain(`${origin}/gone/${source.path}: it answered 404`);
  expect(message).toMatch(
    new RegExp(`forged/${source.path}: its SHA-256 is [0-9a-f]{64}, expected ${sha256}`),
  );
  expect(message).toContain('ECONNREFUSED');
  expect(message).toContain(`put the file (SHA-256 ${sha256}) there: ${join(cache, `${sha256}.deb`)}`);
  expect(await readdir(cache)).toEqual([]);
});

async function closedPort(): Promise<number> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  await new Promise((resolve) => other.close(resolve));
  return port;
}
