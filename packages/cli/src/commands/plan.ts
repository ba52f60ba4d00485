import { Command } from 'commander';
import { planInput } from '../deploy/plan-input.ts';
import type { SetOptions } from '@parley/deploy/command-line';
import { setOption, stageOption } from '../stage-options.ts';

interface PlanCommandOptions {
  stage: string;
  set: SetOptions;
  json?: boolean;
  verify?: boolean;
  exitCode?: boolean;
}

/** Exit code of `--exit-code` when there is something to deploy. */
const somethingToDeploy = 2;

/** `parley plan [stack…]`: which stacks have to be deployed, and why. Changes nothing. */
export function planCommand(): Command {
  return new Command('plan')
    .description('say which stacks have to be deployed to a stage, in which order, and why; changes nothing')
    .argument('[stack...]', 'names of stacks (default: all; in a stack’s folder, that one)')
    .addOption(stageOption('the stage to compare with'))
    .addOption(setOption())
    .option('--verify', 'also compare what is deployed with the templates (a call per stack)')
    .option('--exit-code', 'end with 2 when there is something to deploy')
    .option('--json', 'print one JSON object, for programs')
    .action(plan);
}

async function plan(names: string[], { json, exitCode, ...options }: PlanCommandOptions): Promise<void> {
  const note = (line: string) => void process.stderr.write(`  (${line})\n`);
  const input = await planInput(names, { ...options, note });
  const { planStage } = await import('@parley/deploy/plan');
  const planned = await planStage(input);
  if (json) {
    const { toPlanJson } = await import('@parley/deploy/plan-json');
    process.stdout.write(`${JSON.stringify(toPlanJson(planned))}\n`);
  } else {
    const { planLines } = await import('../deploy/plan-lines.ts');
    process.stdout.write(`${planLines(planned).join('\n')}\n`);
  }
  const isChanged = planned.stacks.some(({ action }) => action === 'deploy');
  if (exitCode && isChanged) process.exitCode = somethingToDeploy;
}
