import { Command } from 'commander';
import { stageCloud } from '../stage-cloud.ts';
import type { SetOptions } from '@parley/deploy/command-line';
import { setOption, stageOption } from '../stage-options.ts';

interface StatusCommandOptions {
  stage: string;
  set: SetOptions;
  json?: boolean;
  exitCode?: boolean;
}

/** `parley status`: how every stack and service of a stage is. Changes nothing. */
export function statusCommand(): Command {
  return new Command('status')
    .description(
      'show how the stacks and services of a stage are: version, health, tasks, last deploy, address',
    )
    .addOption(stageOption('the stage to look at'))
    .addOption(setOption())
    .option('--exit-code', 'end with 1 when something is not well')
    .option('--json', 'print one JSON object, for programs')
    .action(status);
}

async function status({ stage, set, json, exitCode }: StatusCommandOptions): Promise<void> {
  const { cloud, prefix, stacks } = await stageCloud(stage, set);
  const { readStatus } = await import('@parley/deploy/status');
  const read = await readStatus(cloud, { stage, prefix, stacks });
  if (json) process.stdout.write(`${JSON.stringify(read)}\n`);
  else {
    const { statusLines } = await import('../status/status-lines.ts');
    process.stdout.write(`${statusLines(read, set).join('\n')}\n`);
  }
  if (exitCode && !read.healthy) process.exitCode = 1;
}
