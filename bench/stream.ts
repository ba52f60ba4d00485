/**
 * What streaming costs: inference-api as it is deployed, writing each event to its table before it shows it, next to
 * a bare node:http server that sends what the model wrote, an event for each token, to the same clients.
 *   node scripts/run.mjs bench/stream.ts [--help]
 * Clients, and the DynamoDB and the tool behind the service, are processes of their own: only the server is counted.
 */
import { cpus } from 'node:os';
import { optionsOrUsage, progress } from './command-line.ts';
import {
  measureBare,
  measureService,
  startBench,
  stopBench,
  type Bench,
  type Measured,
} from './stream/measure.ts';
import { readOptions, usage, type BenchOptions } from './stream/options.ts';
import { profileService } from './stream/profile.ts';
import { compare, comparisonTable, loadName, profileTable } from './stream/report.ts';
import { buildService } from './stream/service.ts';

const options = optionsOrUsage(readOptions, usage);
if (options) await run(options).catch(fail);

async function run({ loads, tokens, repeat, isProfile, isJson }: BenchOptions): Promise<void> {
  progress('building inference-api');
  await buildService();
  const bench = await startBench({ words: tokens });
  const machine = {
    node: process.version,
    cores: cpus().length,
    platform: `${process.platform} ${process.arch}`,
  };
  const results: object[] = [];
  const show = (result: object, table: string) => {
    results.push(result);
    if (!isJson) console.log(table);
  };
  try {
    for (const load of loads) {
      progress(loadName(load));
      if (isProfile) {
        const { measured, groups } = await profileService(bench, load);
        const profiled = { load, tokens: measured.tokens, groups };
        show(profiled, profileTable(profiled));
      } else {
        const comparison = compare(load, ...(await bestOf(repeat, bench, load)));
        show(comparison, comparisonTable(comparison));
      }
    }
  } finally {
    await stopBench(bench);
  }
  if (isJson) console.log(JSON.stringify({ machine, results }));
}

/** Both servers in turn, so often; of each the run that took the least CPU. */
async function bestOf(
  repeat: number,
  bench: Bench,
  load: BenchOptions['loads'][number],
): Promise<[service: Measured, bare: Measured]> {
  const services: Measured[] = [];
  const bares: Measured[] = [];
  for (let i = 0; i < repeat; i += 1) {
    const { measured, records } = await measureService(bench, load);
    services.push(measured);
    bares.push(await measureBare(bench, load, records));
  }
  return [leastCpu(services), leastCpu(bares)];
}

function leastCpu(measured: readonly Measured[]): Measured {
  return measured.toSorted((a, b) => a.cpuMs - b.cpuMs)[0]!;
}

function fail(error: Error): void {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
