/**
 * How far a second device is behind the one that asked: a session open at two processes of inference-api, as deployed,
 * next to a second device at the same process.
 *   node scripts/run.mjs bench/devices.ts [--help]
 */
import { parseArgs } from 'node:util';
import { optionsOrUsage, progress, wholeNumber } from './command-line.ts';
import { measureLags, startTwoProcesses, type Answers, type Lags } from './devices/measure.ts';
import { buildService } from './stream/service.ts';

const usage = `usage: node scripts/run.mjs bench/devices.ts [--runs <n,…>] [--words <n>] [--pace <n>] [--json]

Lets answers be written at one process of inference-api, and measures how much later each of their events comes to a
second device, at that process and at another one.

  --runs <n,…>  answers that are written at the same time. Default: 1,10,100
  --words <n>   words of an answer. Default: 200
  --pace <n>    words per second of each answer. Default: 20
  --json        one JSON object in place of a table
`;

/** The lag of 95 % of events that is aimed at, with up to 100 open runs on a process; in milliseconds. */
const goalMs = 350;

interface Options {
  loads: Answers[];
  isJson: boolean;
  isHelp: boolean;
}

const options = optionsOrUsage(readDeviceOptions, usage);
if (options) await run(options);

function readDeviceOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '1,10,100' },
      words: { type: 'string', default: '200' },
      pace: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const number = (option: string, text: string) => wholeNumber(option, text, 1, 1_000);
  const [words, pace] = [number('words', values.words), number('pace', values.pace)];
  const loads = values.runs.split(',').map((runs) => ({ runs: number('runs', runs), words, pace }));
  return { loads, isJson: values.json, isHelp: values.help };
}

async function run({ loads, isJson }: Options): Promise<void> {
  await buildService();
  const processes = await startTwoProcesses();
  const results: object[] = [];
  try {
    await measureLags(processes, { runs: 1, words: 20, pace: 100 }); // so that the code is compiled
    for (const load of loads) {
      progress(`${load.runs} runs`);
      const result = { ...load, ...figures(await measureLags(processes, load)) };
      results.push(result);
      if (!isJson) console.log(row(result));
    }
  } finally {
    await processes.stop();
  }
  if (isJson) console.log(JSON.stringify({ goalMs, results }));
}

function figures(lags: Lags) {
  const [near, far] = [spread(lags.near), spread(lags.far)];
  return { near, far, ratio: far.p95 / near.p95, isWithinGoal: far.p95 <= goalMs };
}

function spread(lags: readonly number[]) {
  const sorted = lags.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;
  return { events: sorted.length, p50: at(0.5), p95: at(0.95), most: at(1) };
}

function row({ runs, near, far, ratio, isWithinGoal }: ReturnType<typeof figures> & Answers): string {
  const ms = ({ p50, p95, most }: ReturnType<typeof spread>) =>
    `${[p50, p95, most].map((each) => each.toFixed(0)).join(', ')} ms`;
  return (
    `${runs} runs: at another process ${ms(far)} (p50, p95, most; ${far.events} events); ` +
    `at the same one ${ms(near)}; ${ratio.toFixed(0)} × it; p95 ${isWithinGoal ? 'within' : 'over'} ${goalMs} ms`
  );
}
