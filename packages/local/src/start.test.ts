import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmod, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Machine } from './testing/machine.ts';
import { foundation } from './testing/sample-stacks.ts';
import { AlreadyRunningError } from './start.ts';

let machine: Machine;
beforeEach(async () => (machine = await Machine.create()));
afterEach(() => machine.remove());

const taken = createServer();
beforeEach(() => new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve)));
afterEach(() => new Promise((resolve) => taken.close(resolve)));
const takenPort = (): number => (taken.address() as AddressInfo).port;

test('a taken port leads to the next free one', async () => {
  const { url } = await machine.start([foundation()], { port: takenPort() });
  expect(Number(new URL(url).port)).toBeGreaterThan(takenPort());
});

test('a taken port that was asked for exactly is an error, and leaves nothing locked', async () => {
  const exact = { port: takenPort(), exactPort: true };
  await expect(machine.start([foundation()], exact)).rejects.toThrow(
    `Port ${takenPort()} cannot be used: it is taken`,
  );
  const { report } = await machine.start([foundation()]);
  expect(report.stacks).toMatchObject([{ outcome: 'created' }]);
});

test('two systems with data folders of their own run side by side', async () => {
  const other = await Machine.create();
  try {
    const first = await machine.start([foundation()], { port: takenPort() });
    const second = await other.start([foundation()], { port: takenPort() });
    expect(first.url).not.toBe(second.url);
    for (const { url } of [first, second]) expect((await fetch(`${url}/nowhere`)).status).toBe(404);
  } finally {
    await other.remove();
  }
});

test('a second start on one data folder says where the first one is', async () => {
  const { url } = await machine.start([foundation()]);
  const again = machine.startAnother([foundation()]);
  await expect(again).rejects.toThrow(AlreadyRunningError);
  await expect(again).rejects.toThrow(url);
});

test('a lock that was cut while it was written, or left by a process that is gone, is taken over', async () => {
  await machine.start([foundation()]);
  await machine.stop();
  const lock = join(machine.dataFolder, 'lock.json');
  for (const left of ['{"pid":', JSON.stringify({ pid: 1, began: 'long ago' })]) {
    await writeFile(lock, left);
    await machine.start([foundation()]);
    await machine.stop();
  }
  await expect(stat(lock)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('data that is not ours is reported with the file and the way out', async () => {
  await machine.start([foundation()]);
  await machine.stop();
  await writeFile(join(machine.dataFolder, 'stacks.json'), '{"version": 99}');
  await expect(machine.start([foundation()])).rejects.toThrow(
    /stacks\.json is not what local running wrote.*npx pnpm run reset/s,
  );
});

test('what is secret is readable by its owner only', async () => {
  await machine.start([foundation()]);
  const { mode } = await stat(join(machine.dataFolder, 'secrets.json'));
  expect(mode & 0o777).toBe(0o600);
});

test('the data folder is its owner’s only, also one that was made before', async () => {
  await machine.start([foundation()]);
  await machine.stop();
  await chmod(machine.dataFolder, 0o755);
  await machine.start([foundation()]);
  expect((await stat(machine.dataFolder)).mode & 0o777).toBe(0o700);
});
