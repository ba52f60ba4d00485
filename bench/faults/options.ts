import { parseArgs } from 'node:util';
import { wholeNumber } from '../command-line.ts';

export const usage = `usage: node scripts/run.mjs bench/faults.ts [--streams <n>] [--concurrency <n>] [--seed <n>] [--json]

Runs streams against three processes of inference-api that share one table, while clients are cut, processes killed and
paused, and the table throttled; then compares what every client saw with the log and the stored message. The exit code
is 1 when anything was lost, doubled, disordered or altered. Linux only.

  --streams <n>      streams in all. Default: 10000
  --concurrency <n>  streams open at a time. Default: 250
  --seed <n>         what befalls whom is drawn from this number. Default: a new one, which is printed
  --json             one JSON object in place of text
`;

export interface FaultOptions {
  streams: number;
  concurrency: number;
  seed: number;
  isJson: boolean;
  isHelp: boolean;
}

/** @throws Error that says which option is wrong */
export function readFaultOptions(args: readonly string[]): FaultOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      streams: { type: 'string', default: '10000' },
      concurrency: { type: 'string', default: '250' },
      seed: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const drawn = Math.floor(Math.random() * 1e6);
  return {
    streams: wholeNumber('streams', values.streams, 1, 100_000),
    concurrency: wholeNumber('concurrency', values.concurrency, 1, 2_000),
    seed: values.seed === undefined ? drawn : wholeNumber('seed', values.seed, 0, 1e9),
    isJson: values.json,
    isHelp: values.help,
  };
}
