import { parseArgs } from 'node:util';
import { wholeNumber } from '../command-line.ts';
import type { Load } from './measure.ts';

export const usage = `usage: node scripts/run.mjs bench/stream.ts [--streams <n,…>] [--pace <n,…>] [--tokens <n>] [--answers <n>]
                                           [--repeat <n>] [--profile] [--json]

Measures inference-api as it is deployed, with persistence on, streaming answers of the demo model, next to a bare
node:http server that sends the same events to the same clients. Linux only.

  --streams <n,…>  concurrent streams. Default: 1,100,1000; with --profile: 100
  --pace <n,…>     tokens (words) per second and stream; "max" is as fast as the server can. Default: max,50
  --tokens <n>     tokens that a tool gives the model to say in each answer, at most 2,000. Default: 200
  --answers <n>    answers at least, where they come as fast as the server can. Default: 300
  --repeat <n>     measure each so often, and keep what took the least CPU. Default: 1
  --profile        in place of the comparison: where the service's time goes, by what its code is for
  --json           one JSON object in place of tables
`;

export interface BenchOptions {
  loads: Load[];
  tokens: number;
  repeat: number;
  isProfile: boolean;
  isJson: boolean;
  isHelp: boolean;
}

/** @throws Error that says which option is wrong */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      streams: { type: 'string' },
      pace: { type: 'string', default: 'max,50' },
      tokens: { type: 'string', default: '200' },
      answers: { type: 'string', default: '300' },
      repeat: { type: 'string', default: '1' },
      profile: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const streams = numbers('streams', values.streams ?? (values.profile ? '100' : '1,100,1000'), 10_000);
  const answers = wholeNumber('answers', values.answers, 1, 100_000);
  const delays = values.pace
    .split(',')
    .map((pace) => (pace === 'max' ? 0 : Math.round(1_000 / wholeNumber('pace', pace, 1, 1_000))));
  return {
    loads: delays.flatMap((wordDelayMs) => streams.map((n) => loadOf(n, wordDelayMs, answers))),
    tokens: wholeNumber('tokens', values.tokens, 1, 2_000),
    repeat: wholeNumber('repeat', values.repeat, 1, 100),
    isProfile: values.profile,
    isJson: values.json,
    isHelp: values.help,
  };
}

/** Enough answers that their CPU can be told from the machine's noise; at a pace each takes its time, so two do. */
function loadOf(streams: number, wordDelayMs: number, answers: number): Load {
  return { streams, wordDelayMs, rounds: Math.ceil((wordDelayMs === 0 ? answers : 2) / streams) };
}

function numbers(option: string, text: string, max: number): number[] {
  return text.split(',').map((each) => wholeNumber(option, each, 1, max));
}
