/**
 * What memory an idle stream takes: of the resident memory and of the heap, after garbage was collected.
 *   node scripts/run.mjs bench/idle.ts [streams, default 2000]
 */
import { setTimeout as delay } from 'node:timers/promises';
import { inspectorArguments, openInspector, type Inspector } from './stream/inspector.ts';
import { startBench, stopBench } from './stream/measure.ts';
import { freePort } from './stream/profile.ts';
import { buildService, startService } from './stream/service.ts';

const streams = Number(process.argv[2] ?? 2_000);
if (!Number.isInteger(streams) || streams < 1)
  throw new Error(`got "${process.argv[2]}" streams; expected a whole number from 1`);

/** Of the service that is measured. */
let url = '';

await buildService();
const bench = await startBench({ words: 1 });
const kinds = [
  ['of a session each', () => bench.backing.call('sessionStreams', { count: streams })],
  ['of one silent run', () => silentRun()],
] as const;
try {
  for (const [kind, paths] of kinds) console.log(`${streams} streams ${kind}: ${await measured(paths)}`);
} finally {
  await stopBench(bench);
}

async function measured(streamsOf: (typeof kinds)[number][1]): Promise<string> {
  const port = await freePort();
  const { environment, clients } = bench;
  const service = await startService({ environment, nodeArguments: inspectorArguments(port) });
  ({ url } = service);
  const inspector = await openInspector(port);
  try {
    const requests = await streamsOf();
    // What the first streams bring about is there once, such as compiled code and connections.
    await clients.call('hold', { url, requests: requests.slice(0, Math.ceil(streams / 10)) });
    await clients.call('release');
    const before = await memoryOf(inspector);
    await clients.call('hold', { url, requests });
    const after = await memoryOf(inspector);
    await clients.call('release');
    const each = (bytes: keyof Memory) =>
      `${((after[bytes] - before[bytes]) / streams / 1_000).toFixed(1)} KB`;
    return `${each('rss')} resident, ${each('heapUsed')} of heap, ${each('external')} outside of it`;
  } finally {
    inspector.close();
    await service.stop();
  }
}

async function silentRun() {
  const [start] = await bench.backing.call('requests', { count: 1 });
  await bench.backing.call('silence');
  return bench.clients.call('followers', { url, start: start!, count: streams });
}

type Memory = Record<'rss' | 'heapUsed' | 'external', number>;

/** Once it is quiet, and twice collected: what the first collection finds can go with the second. */
async function memoryOf(inspector: Inspector): Promise<Memory> {
  await delay(2_000);
  for (let i = 0; i < 2; i += 1) await inspector.send('HeapProfiler.collectGarbage');
  const expression = 'JSON.stringify(process.memoryUsage())';
  const { result } = await inspector.send<{ result: { value: string } }>('Runtime.evaluate', { expression });
  return JSON.parse(result.value) as Memory;
}
