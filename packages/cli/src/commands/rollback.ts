import { Command } from 'commander';
import { commandLine } from '@parley/deploy/command-line';
import type { Rollback, RollbackEvent } from '@parley/deploy/rollback';
import type { ServiceEvent } from '@parley/deploy/services';
import { askYesNo } from '../ask.ts';
import { UserError } from '../errors.ts';
import { interruption } from '../interruption.ts';
import { printable } from '../printable.ts';
import { serviceLine } from '../status/service-lines.ts';
import { stageCloud } from '../stage-cloud.ts';
import type { SetOptions } from '@parley/deploy/command-line';
import { setOption, stageOption } from '../stage-options.ts';

interface RollbackCommandOptions {
  stage: string;
  set: SetOptions;
  to?: string;
  yes?: boolean;
  json?: boolean;
}

/** `parley rollback <service>`: makes a service run the image it ran before. */
export function rollbackCommand(): Command {
  return new Command('rollback')
    .description('make a service run the image it ran before; its stack stays as it is otherwise')
    .argument('<service>', 'name of the service, such as inference-api')
    .addOption(stageOption('the stage it is in'))
    .addOption(setOption())
    .option('--to <tag>', 'tag of the image (default: the one before)')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print one JSON object per event, for programs; needs --yes')
    .action(rollback);
}

async function rollback(
  service: string,
  { stage, set, to, yes, json }: RollbackCommandOptions,
): Promise<void> {
  const signal = interruption();
  const print = json
    ? (value: object) => void process.stdout.write(`${JSON.stringify(value)}\n`)
    : () => undefined;
  const say = json ? () => undefined : (text: string) => void process.stdout.write(`${printable(text)}\n`);
  const { cloud, prefix, stacks } = await stageCloud(stage, set);
  const { planRollback, rollBack } = await import('@parley/deploy/rollback');
  const planned = await planRollback(cloud, { stage, set, prefix, service, stacks, to });
  print({ type: 'plan', ...planned });
  for (const line of planLines(planned)) say(line);
  if (!yes && !(await isWanted(planned, json ?? false))) return say('Nothing was changed.');
  await rollBack(cloud, planned, { signal, set }, (event) => {
    print(event);
    if (!json) say(eventLine(planned, event));
  }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
    throw new UserError(
      `Cut. CloudFormation and ECS go on with what was begun; see \`${commandLine('status', { stage, set })}\`.`,
    );
  });
  print({ type: 'done' });
  say(`${service} runs ${planned.to}. The next deploy brings the image of its sources again.`);
}

function planLines({ service, stage, from, to, running }: Rollback): string[] {
  return [
    `${service} of stage ${stage}: ${from} → ${to}`,
    ...(running === undefined ? [] : [`  (it runs ${running} now: ECS did not keep ${from})`]),
  ];
}

async function isWanted({ service }: Rollback, json: boolean): Promise<boolean> {
  if (json || !process.stdin.isTTY) {
    throw new UserError('Nothing was changed: this asks at a terminal, and needs --yes elsewhere.');
  }
  return askYesNo(`Roll ${service} back?`);
}

function eventLine({ stack }: Rollback, event: RollbackEvent | ServiceEvent): string {
  if (event.type === 'also-changes')
    return `  ${stack}: also changes, as values that it reads did: ${event.logicalIds.join(', ')}`;
  if (event.type !== 'rollback') return serviceLine(event);
  const texts = {
    selected: 'the image is selected',
    updating: 'CloudFormation updates it',
    unchanged: 'CloudFormation had nothing to change',
  };
  return `  ${stack}: ${texts[event.state]}`;
}
