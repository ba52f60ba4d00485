import { Command } from 'commander';
import type { DestroyPlan } from '@parley/deploy/engine';
import { ask } from '../ask.ts';
import { destroyLines } from '../deploy/destroy-lines.ts';
import { deployReporter } from '../deploy/deploy-reporter.ts';
import { UserError } from '../errors.ts';
import { interruption } from '../interruption.ts';
import { printable } from '../printable.ts';
import type { SetOptions } from '@parley/deploy/command-line';
import { setOption, stageOption } from '../stage-options.ts';
import { stageCloud } from '../stage-cloud.ts';

interface DestroyCommandOptions {
  stage: string;
  set: SetOptions;
  yes?: boolean;
  json?: boolean;
}

/** `parley destroy [stack…]`: removes stacks, those that need others first. */
export function destroyCommand(): Command {
  return new Command('destroy')
    .description('remove stacks of a stage, in reverse order; shows first what goes and what stays')
    .argument('[stack...]', 'names of stacks, also of such as are no longer in the workspace (default: all)')
    .addOption(stageOption('the stage to remove them from'))
    .addOption(setOption())
    .option('-y, --yes', 'do not ask for the name of the stage')
    .option('--json', 'print one JSON object per event, for programs; needs --yes')
    .action(destroy);
}

async function destroy(names: string[], { stage, set, yes, json }: DestroyCommandOptions): Promise<void> {
  const began = performance.now();
  const signal = interruption();
  const reporter = deployReporter({ json: json ?? false, verb: 'destroy' });
  const [{ workspace, prefix, cloud }, { destroyStacks, exitCodeOf, planDestroy }] = await Promise.all([
    stageCloud(stage, set, reporter.note),
    import('@parley/deploy/engine'),
  ]);
  const { root, packages } = workspace;
  const stacks = names.length > 0 ? names : undefined;
  const plan = await planDestroy({ cloud, stage, set, prefix, root, packages, stacks });
  for (const line of destroyLines(plan)) reporter.line(printable(line));
  if (plan.stacks.length > 0 && !yes && !(await isMeant(plan, json ?? false))) {
    process.stdout.write('Nothing was removed.\n');
    return;
  }
  const outcomes = await destroyStacks(plan, { cloud, report: reporter.event, signal });
  reporter.done(outcomes, (performance.now() - began) / 1000);
  process.exitCode = exitCodeOf(outcomes);
  if (outcomes.some(({ result }) => result === 'cut')) process.exit();
}

/** Only the stage's name, typed, means yes. */
async function isMeant({ stage, stacks }: DestroyPlan, json: boolean): Promise<boolean> {
  if (json || !process.stdin.isTTY) {
    const which = stacks.map(({ stack }) => stack).join(', ');
    throw new UserError(`This removes ${which} from stage "${stage}": say --yes.`);
  }
  return (await ask(`Type the stage's name to remove this (${stage}): `)) === stage;
}
