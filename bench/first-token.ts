/**
 * What the service adds to a model's first token at light load: from the request until the client has it, without the
 * time that the model took itself. One answer at a time; service, model, tables and client are processes of their own.
 *   node scripts/run.mjs bench/first-token.ts [answers, default 60]
 */
import { startPeer } from './peer.ts';
import { startBench, stopBench } from './stream/measure.ts';
import type { ScriptedModelDuties } from './stream/scripted-model.ts';
import { buildService, startService } from './stream/service.ts';

const answers = Number(process.argv[2] ?? 60);
if (!Number.isInteger(answers) || answers < 1)
  throw new Error(`got "${process.argv[2]}" answers; expected a whole number from 1`);

await buildService();
const bench = await startBench({ words: 1 });
const model = startPeer<ScriptedModelDuties>(new URL('stream/scripted-model.ts', import.meta.url));
const service = await startService({ environment: bench.environment });
try {
  await bench.backing.call('useModel', { baseUrl: `${await model.call('listen')}/v1` });
  await added(Math.min(answers, 40)); // so that the code is compiled
  const ms = (await added(answers)).toSorted((a, b) => a - b);
  const at = (share: number) => ms[Math.floor(share * ms.length)]!.toFixed(1);
  console.log(
    `added to the first token, ${answers} answers: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, least ${at(0)} ms`,
  );
} finally {
  await service.stop();
  await model.stop();
  await stopBench(bench);
}

/** Milliseconds that so many answers took longer than their model. */
async function added(count: number): Promise<number[]> {
  const requests = await bench.backing.call('requests', { count });
  const { firstTokenMs } = await bench.clients.call('run', { url: service.url, streams: 1, requests });
  const own = await model.call('takeTookMs');
  return firstTokenMs.map((ms, i) => ms - own[i]!);
}
