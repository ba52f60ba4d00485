import { once } from 'node:events';
import { glob, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Machine } from './testing/machine.ts';
import { eventually } from './testing/eventually.ts';
import { askEcho } from './testing/sample-client.ts';
import { app, echoProgram, echoService, foundation, registry } from './testing/sample-stacks.ts';

let machine: Machine;
const stacks = () => [app('weather'), echoService(), registry(), foundation()];

beforeAll(async () => {
  machine = await Machine.create();
  await machine.program('@sample/echo', { 'server.mjs': echoProgram });
  await machine.start(stacks(), { secret: (name) => (name === 'SAMPLE_KEY' ? 'the-key' : undefined) });
});
afterAll(() => machine.remove());

test('stacks come up whatever order they are given in', () => {
  expect(machine.system.report.failedServices).toEqual([]);
  expect(machine.system.report.stacks.map(({ stack, outcome }) => `${stack} ${outcome}`).sort()).toEqual([
    'sample-echo created',
    'sample-foundation created',
    'sample-registry created',
    'sample-weather created',
  ]);
});

test('a service answers behind its listener rule, with its own environment and nothing of the runner', async () => {
  process.env['SECRET_OF_THE_RUNNER'] = 'x';
  const got = await askEcho(machine, '/echo/x?y=1', { method: 'POST', body: 'hi' });
  expect(got).toMatchObject({ url: '/echo/x?y=1', body: 'hi', env: { GREETING: 'hello' } });
  expect(got.headers['x-forwarded-proto']).toBe('http');
  expect(got.env).not.toHaveProperty('SECRET_OF_THE_RUNNER');
  expect(got.env).not.toHaveProperty('AWS_ENDPOINT_URL');
  expect(got.env['PORT']).not.toBe('8080');
});

test('a service is given its secrets that have a value here, which is written nowhere', async () => {
  const { env } = await askEcho(machine, '/echo');
  expect(env).toMatchObject({ SAMPLE_KEY: 'the-key' });
  expect(env).not.toHaveProperty('OTHER_KEY');
  for await (const file of glob('**/*', { cwd: machine.dataFolder, withFileTypes: true })) {
    if (!file.isFile()) continue;
    expect(await readFile(join(file.parentPath, file.name), 'utf8'), file.name).not.toContain('the-key');
  }
});

test("other paths get the listener's default answer, and / a plain page", async () => {
  const missing = await fetch(`${machine.system.url}/nowhere`);
  expect([missing.status, await missing.text()]).toEqual([404, 'No such path']);
  const page = await fetch(machine.system.url);
  expect(await page.text()).toContain('Sign in as…');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
});

test('what is not really run is listed with a reason', () => {
  expect(machine.system.notRun).toEqual([
    {
      type: 'AWS::EC2::VPC',
      reason: expect.stringContaining('no network'),
      resources: ['sample-foundation/Vpc'],
    },
  ]);
});

test('a stream is passed on as it comes, and the service hears when the client leaves', async () => {
  const leave = new AbortController();
  const answer = await fetch(`${machine.system.url}/echo/slow`, { signal: leave.signal });
  const first = await answer.body?.getReader().read();
  expect(new TextDecoder().decode(first?.value)).toBe('data: first\n\n');
  leave.abort();
  await eventually(() =>
    machine.events.some((event) => event.type === 'log' && event.line === 'client left'),
  );
});

test('a change of protocol reaches the service, and bytes flow both ways', async () => {
  const upgrade = request(`${machine.system.url}/echo/socket`, {
    headers: { connection: 'upgrade', upgrade: 'websocket' },
  });
  upgrade.end();
  const [, socket] = await once(upgrade, 'upgrade');
  socket.write('ping');
  const [chunk] = await once(socket, 'data');
  expect(String(chunk)).toBe('ping');
  socket.destroy();
});

test.each(['attacker.example', '127.0.0.1.attacker.example', '10.0.0.1'])(
  'a request that names the host %s is refused',
  async (host) => {
    const call = request(`${machine.system.url}/echo`, { headers: { host } });
    call.end();
    const [answer] = await once(call, 'response');
    expect(answer.statusCode).toBe(421);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    answer.resume();
  },
);

test.each(['localhost', '127.0.0.1', '[::1]', 'app.localhost'])('the host %s is served', async (host) => {
  const call = request(`${machine.system.url}/echo`, { headers: { host: `${host}:4747` } });
  call.end();
  const [answer] = await once(call, 'response');
  expect(answer.statusCode).toBe(200);
  answer.resume();
});

test('a request line that is no path gets 400, and the gateway goes on', async () => {
  const socket = connect(Number(new URL(machine.system.url).port), '127.0.0.1');
  socket.end('GET http://[bad HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
  const [chunk] = await once(socket, 'data');
  expect(String(chunk)).toMatch(/^HTTP\/1.1 400/);
  expect((await askEcho(machine)).url).toBe('/echo');
});

test('a service that crashes is started again', async () => {
  const before = await askEcho(machine);
  const crash = await fetch(`${machine.system.url}/echo/crash`);
  expect(crash.status).toBe(502);
  await eventually(async () => (await fetch(`${machine.system.url}/echo`)).status === 200);
  expect((await askEcho(machine)).pid).not.toBe(before.pid);
  expect(machine.events).toContainEqual({
    type: 'service',
    service: 'echo',
    state: 'exited',
    detail: 'with code 3',
  });
});

test('an update without changes changes nothing and restarts nothing', async () => {
  const before = await askEcho(machine);
  const report = await machine.update(stacks());
  expect(report.stacks.map(({ outcome }) => outcome)).toEqual([
    'unchanged',
    'unchanged',
    'unchanged',
    'unchanged',
  ]);
  expect((await askEcho(machine)).pid).toBe(before.pid);
});

test('changed code replaces the process, and an open stream of the old one ends properly', async () => {
  const open = await fetch(`${machine.system.url}/echo/slow`);
  await machine.program('@sample/echo', { 'server.mjs': echoProgram.replace("'one'", "'two'") });
  const report = await machine.update(stacks());
  expect(report.stacks.find(({ stack }) => stack === 'sample-echo')).toMatchObject({ outcome: 'updated' });
  expect((await askEcho(machine)).version).toBe('two');
  expect(await open.text()).toBe('data: first\n\ndata: last\n\n');
});

test('code that does not start leaves the old process in place and says what it wrote', async () => {
  await machine.program('@sample/echo', { 'server.mjs': "console.error('cannot start'); process.exit(1);" });
  const report = await machine.update(stacks());
  expect(report.failedServices).toEqual([
    { service: 'echo', error: expect.stringMatching(/ended with code 1 before it was ready.*cannot start/) },
  ]);
  expect((await askEcho(machine)).version).toBe('two');
  await machine.program('@sample/echo', { 'server.mjs': echoProgram });
  await machine.update(stacks());
  expect((await askEcho(machine)).version).toBe('one');
});

test("a service's output is kept in its log group's file", async () => {
  const file = join(machine.dataFolder, 'logs/ecs/sample/echo.log');
  await expect.poll(() => readFile(file, 'utf8')).toMatch(/client left[^]*cannot start/);
});

test('a service that is taken out of its stack is stopped, and its path is free again', async () => {
  await machine.update(stacks().filter(({ name }) => name !== 'sample-echo'));
  expect((await fetch(`${machine.system.url}/echo`)).status).toBe(404);
  expect(machine.events).toContainEqual({ type: 'service', service: 'echo', state: 'stopped' });
  await machine.update(stacks());
  expect((await askEcho(machine)).version).toBe('one');
});
