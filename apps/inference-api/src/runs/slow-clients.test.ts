import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { routePath } from '@parley/contract/routes';
import type { Run } from '@parley/store/conversations';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startChild } from '../testing/child.ts';
import { all, createClient } from '../testing/client.ts';
import { startElsewhere } from '../testing/elsewhere.ts';
import { startWorld, type World } from '../testing/world.ts';

let world: World;
let keys: { url: string; close(): Promise<void> };
beforeAll(async () => {
  world = await startWorld();
  keys = await world.issuer.serveKeys();
});
afterAll(async () => {
  await keys.close();
  await world.close();
});

/** Events of 60,000 characters, one in each batch: 6 MB in all. */
const events = 100;

async function longAnswer(): Promise<Run> {
  const run = await startElsewhere(world);
  const delta = 'x'.repeat(60_000);
  for (let n = 0; n < events; n += 1) {
    const event = { type: 'text-delta' as const, id: 't', delta: `${n} ${delta}` };
    await world.runLog.append(run.runId, { n, first: n, events: [event], writer: 'elsewhere' });
  }
  const last = [{ type: 'finish' as const }];
  await world.runLog.seal(run.runId, { seal: 'finished', events: last, writer: 'elsewhere' });
  return run;
}

/** Asks for all of a run, reads its first event, and nothing more. */
async function readFirst(url: string, run: Run): Promise<Socket> {
  const { port } = new URL(url);
  const { authorization } = await world.issuer.headers({ sub: 'alice' });
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => undefined);
  const head = [`GET ${routePath('runEvents', { runId: run.runId })} HTTP/1.1`, 'host: test'];
  socket.write([...head, `authorization: ${authorization}`, '', ''].join('\r\n'));
  let text = '';
  while (!text.includes(`id: ${run.runId}:0`)) {
    const chunk = await Promise.race([
      once(socket, 'data').then(([data]) => String(data)),
      once(socket, 'close').then(() => undefined),
    ]);
    if (chunk === undefined) throw new Error('the service closed the connection');
    text += chunk;
  }
  return socket.pause();
}

test('clients that stop reading a long answer cost the service a little each, and lose nothing', async () => {
  // All of them with all of the answer in memory would take 144 MB.
  const child = await startChild(world, keys.url, ['--max-old-space-size=96']);
  onTestFinished(() => void child.process.kill('SIGKILL'));
  const run = await longAnswer();
  const stalled = await Promise.all(Array.from({ length: 24 }, () => readFirst(child.url, run)));
  const client = await createClient(child.url, world.issuer);
  const rest = await all(await client.resume(run.runId, `${run.runId}:0`));
  expect(rest.map(({ n }) => n)).toEqual(Array.from({ length: events }, (_, i) => i + 1));
  expect(stalled.every(({ destroyed }) => !destroyed)).toBe(true);
  for (const socket of stalled) socket.destroy();
  child.process.kill('SIGTERM');
  expect(await child.exited).toBe(0);
});

test('a client that takes nothing for too long is cut, and comes back for the rest', async () => {
  const { url } = await world.startInstance({ times: { stalledMs: 100 } });
  const run = await longAnswer();
  const socket = await readFirst(url, run);
  await delay(2_000);
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  const taken = [...text.matchAll(/^id: \S+:(\d+)$/gm)].map(([, n]) => Number(n));
  expect(taken.length).toBeLessThan(events);
  const client = await createClient(url, world.issuer);
  const rest = await all(await client.resume(run.runId, `${run.runId}:${taken.at(-2) ?? 0}`));
  expect(rest[0]!.n).toBe((taken.at(-2) ?? 0) + 1);
  expect(rest.at(-1)!.n).toBe(events);
});
