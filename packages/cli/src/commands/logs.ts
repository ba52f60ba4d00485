import { Command, InvalidArgumentError, Option } from 'commander';
import type { LogLine } from '@parley/deploy/logs';
import { interruption } from '../interruption.ts';
import { printable } from '../printable.ts';
import { stageCloud } from '../stage-cloud.ts';
import type { SetOptions } from '@parley/deploy/command-line';
import { setOption, stageOption } from '../stage-options.ts';

interface LogsCommandOptions {
  stage: string;
  set: SetOptions;
  since: number;
  follow?: boolean;
  json?: boolean;
}

/** `parley logs <service|tool>`: what it logged, and with `--follow` what it logs from now on. */
export function logsCommand(): Command {
  return new Command('logs')
    .description('show what a service or a tool of a stage logged')
    .argument('<name>', 'a service such as inference-api, a tool such as forecast or weather/forecast')
    .addOption(stageOption('the stage to look at'))
    .addOption(setOption())
    .option('-f, --follow', 'go on with what is logged, until Ctrl-C')
    .addOption(
      new Option('--since <duration>', 'how far back: 30s, 10m, 2h or 1d')
        .default(parseDuration('10m'), '10m')
        .argParser(parseDuration),
    )
    .option('--json', 'print one JSON object per event, for programs')
    .action(logs);
}

async function logs(name: string, { stage, set, since, follow, json }: LogsCommandOptions): Promise<void> {
  const signal = interruption();
  const { cloud, prefix } = await stageCloud(stage, set);
  const { findSource, logSources, readLogs } = await import('@parley/deploy/logs');
  const { explain } = await import('@parley/deploy/errors');
  const source = await logSources(cloud, prefix).then(
    (sources) => findSource(sources, name),
    (error: unknown) => Promise.reject(explain(error)),
  );
  let count = 0;
  const options = { source, since: new Date(Date.now() - since), follow: follow ?? false, signal };
  for await (const line of readLogs(cloud, options)) {
    count += 1;
    process.stdout.write(json ? jsonLine(line) : textLine(line));
  }
  if (count === 0 && !json && !follow)
    process.stderr.write(`  (${source.group} holds nothing of that time; --since looks further back)\n`);
}

/** A message of several lines is indented, so that none of them looks like a message of its own. */
function textLine({ time, stream, message }: LogLine): string {
  const text = printable(message).replaceAll('\n', '\n    ');
  return `${time}  ${printable(shortStream(stream))}  ${text}\n`;
}

/** JSON leaves some control characters as they are. */
function jsonLine(line: LogLine): string {
  const escape = (each: string): string => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(line).replaceAll(/[\u007f-\u009f]/g, escape)}\n`;
}

/** Enough of a task's or an instance's id to tell streams apart. */
function shortStream(stream: string): string {
  return /([0-9a-f]{8})[0-9a-f-]{20,}$/.exec(stream)?.[1] ?? stream;
}

function parseDuration(text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit];
  if (unitMs !== undefined) return Number(count) * unitMs;
  throw new InvalidArgumentError('expected a number and a unit, such as 30s, 10m, 2h or 1d.');
}
