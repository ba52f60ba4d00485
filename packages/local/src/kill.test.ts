import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type FixtureStack, lambda } from '@parley/assembly/testing';
import { Machine } from './testing/machine.ts';
import { eventLines } from './testing/recorded-events.ts';
import { eventually } from './testing/eventually.ts';
import { askEcho } from './testing/sample-client.ts';
import { sampleClients } from './testing/sample-clients.ts';
import { app, echoProgram, echoService, foundation, registry } from './testing/sample-stacks.ts';
import { AlreadyRunningError } from './start.ts';

const program = fileURLToPath(new URL('./testing/run-machine.ts', import.meta.url));
const spinning: FixtureStack = {
  name: 'sample-spinning',
  Resources: { Spin: lambda('spin', { FunctionName: 'sample-spin', Timeout: 600 }) },
  assets: {
    spin: { 'index.mjs': 'export const handler = () => { console.log("pid", process.pid); for (;;); };' },
  },
};
const stacks = () => [foundation(), registry(), echoService(), spinning, app('weather'), app('rainfall')];

let machine: Machine;
let runner: ChildProcess | undefined;

beforeEach(async () => {
  machine = await Machine.create();
  await machine.program('@sample/echo', { 'server.mjs': echoProgram });
  await machine.assemblies(stacks());
});
afterEach(async () => {
  runner?.kill('SIGKILL');
  await machine.remove();
});

/** Start the runner and kill it at the first printed event that `until` accepts. @returns that event */
async function runUntil(until: (event: Record<string, unknown>) => boolean | Promise<boolean>) {
  const child = spawn(process.execPath, [program, machine.folder, ...stacks().map(({ name }) => name)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  runner = child;
  const exited = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) {
    const event = z.record(z.string(), z.unknown()).parse(JSON.parse(line));
    if (!(await until(event))) continue;
    child.kill('SIGKILL');
    await exited;
    return event;
  }
  throw new Error('The runner ended before the event came.');
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

test('after kill -9 no process stays, not even one that never yields, and the next start goes on', async () => {
  const pids: number[] = [];
  await runUntil(async (event) => {
    if (event['type'] !== 'running') return false;
    const url = String(event['url']);
    machine.attach(url);
    pids.push((await askEcho(machine)).pid);
    const { lambda: client } = await sampleClients(machine);
    await client.send(new InvokeCommand({ FunctionName: 'sample-spin', InvocationType: 'Event' }));
    pids.push(await machine.pidInLog('logs/aws/lambda/sample-spin.log'));
    await expect(machine.start(stacks())).rejects.toThrow(AlreadyRunningError);
    await expect(machine.start(stacks())).rejects.toThrow(url);
    return true;
  });
  await eventually(() => pids.every(isGone));

  const { report } = await machine.start(stacks());
  expect(report.stacks.map(({ outcome }) => outcome)).toEqual(stacks().map(() => 'unchanged'));
  expect(await eventLines(machine, 'sample-weather')).toEqual(['Create weather']);
  expect((await askEcho(machine)).version).toBe('one');
});

test('a start that is killed after any step is finished by the next ones, without losing a registration', async () => {
  const steps = ['Table', 'Registrar', 'Task', 'Registration'];
  for (const step of steps) await runUntil((event) => event['logicalId'] === step);
  const { report } = await machine.start(stacks());
  expect(report.failedServices).toEqual([]);
  expect(report.stacks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  for (const name of ['weather', 'rainfall']) {
    const lines = await eventLines(machine, `sample-${name}`);
    expect(new Set(lines)).toEqual(new Set([`Create ${name}`]));
  }
});
