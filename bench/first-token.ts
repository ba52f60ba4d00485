/**
 * What the service adds to a model's first token at light load: from the request until the client has it, without the
 * time that the model took itself. One answer at a time; service, model, tables and client are processes of their own.
 * The baseline, in turns with it, is a bare server that passes each question on to the same model.
 *   node scripts/run.mjs bench/first-token.ts [answers, default 100]
 */
import { startPeer } from './peer.ts';
import type { BareProxyDuties } from './stream/bare-proxy.ts';
import type { StreamRequest } from './stream/clients.ts';
import { startBench, stopBench } from './stream/measure.ts';
import type { ScriptedModelDuties } from './stream/scripted-model.ts';
import { buildService, startService } from './stream/service.ts';

const answers = Number(process.argv[2] ?? 100);
if (!Number.isInteger(answers) || answers < 1)
  throw new Error(`got "${process.argv[2]}" answers; expected a whole number from 1`);

/** Answers of each before the measuring, so many at once: the code is compiled then, as in a service that has run. */
const warmUp = { answers: Math.min(600, answers * 20), streams: 20 };
/** After an answer the service still settles it: that is not to be in the next one's time. */
const restMs = 100;

await buildService();
const bench = await startBench({ words: 1 });
const model = startPeer<ScriptedModelDuties>(new URL('stream/scripted-model.ts', import.meta.url));
const proxy = startPeer<BareProxyDuties>(new URL('stream/bare-proxy.ts', import.meta.url));
const service = await startService({ environment: bench.environment });
try {
  const modelUrl = `${await model.call('listen')}/v1`;
  await bench.backing.call('useModel', { baseUrl: modelUrl });
  const proxyUrl = await proxy.call('listen', { modelUrl });
  const ofService = (count: number) => bench.backing.call('requests', { count });
  await added(service.url, await ofService(warmUp.answers), warmUp.streams);
  await added(proxyUrl, bareRequests(warmUp.answers), warmUp.streams);
  const serviceMs: number[] = [];
  const proxyMs: number[] = [];
  for (const request of await ofService(answers)) {
    serviceMs.push(...(await added(service.url, [request])));
    proxyMs.push(...(await added(proxyUrl, bareRequests(1))));
  }
  console.log(`added to the model's first token, ${answers} answers each:`);
  console.log(`  inference-api   ${percentiles(serviceMs)}`);
  console.log(`  bare node:http  ${percentiles(proxyMs)}`);
  const ratio = at(serviceMs, 0.5) / at(proxyMs, 0.5);
  console.log(`  ratio           ${ratio.toFixed(1)} × at the middle`);
} finally {
  await service.stop();
  await proxy.stop();
  await model.stop();
  await stopBench(bench);
}

/** Milliseconds that the answers took longer than their model. */
async function added(url: string, requests: StreamRequest[], streams = 1): Promise<number[]> {
  const { firstTokenMs } = await bench.clients.call('run', { url, streams, requests, restMs });
  const own = await model.call('takeTookMs');
  return firstTokenMs.map((ms, i) => ms - own[i]!);
}

function bareRequests(count: number): StreamRequest[] {
  return Array.from({ length: count }, () => ({ path: '/', headers: {}, body: '{}' }));
}

function percentiles(ms: number[]): string {
  return `p50 ${at(ms, 0.5).toFixed(1)} ms, p95 ${at(ms, 0.95).toFixed(1)} ms, least ${at(ms, 0).toFixed(1)} ms`;
}

function at(ms: number[], share: number): number {
  return ms.toSorted((a, b) => a - b)[Math.floor(share * ms.length)]!;
}
