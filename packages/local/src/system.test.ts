import { afterAll, beforeAll, expect, test } from 'vitest';
import { Machine } from './testing/machine.ts';
import { app, echoProgram, echoService, foundation, registry } from './testing/sample-stacks.ts';

let machine: Machine;
const stacks = () => [app('weather'), echoService(), registry(), foundation()];

beforeAll(async () => {
  machine = await Machine.create();
  await machine.program('@sample/echo', { 'server.mjs': echoProgram });
  await machine.start(stacks());
});
afterAll(() => machine.remove());

test('stacks come up whatever order they are given in', () => {
  expect(machine.system.report).toMatchObject({
    failedServices: [],
    stacks: expect.arrayContaining([expect.objectContaining({ stack: 'sample-weather', outcome: 'created' })]),
  });
});

test('a service answers behind its listener rule', async () => {
  const answer = await fetch(`${machine.system.url}/echo/x?y=1`, { method: 'POST', body: 'hi' });
  expect(await answer.json()).toMatchObject({ url: '/echo/x?y=1', body: 'hi', env: { GREETING: 'hello' } });
});
