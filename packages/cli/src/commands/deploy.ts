import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { stage as stageName } from '@parley/contract/id';
import { synthEnv } from '@parley/contract/names';
import type { Plan } from '@parley/deploy/plan';
import type { Outcome } from '@parley/deploy/engine';
import { askYesNo } from '../ask.ts';
import { type DeployReporter, deployReporter } from '../deploy/deploy-reporter.ts';
import { readVariable } from '../env.ts';
import { chainOf } from '../deploy/deploy-chain.ts';
import { type DeployScope, deployScope, neededFirst } from '../deploy/deploy-scope.ts';
import { imagesAndAfterCare } from '../deploy/images-and-after-care.ts';
import { UserError } from '../errors.ts';
import { interruption } from '../interruption.ts';
import { readVersion } from '../parley-version.ts';
import { planInput } from '../deploy/plan-input.ts';
import { planLines } from '../deploy/plan-lines.ts';
import type { SetOptions } from '@parley/deploy/command-line';
import { repeatable, setOption, stageOption } from '../stage-options.ts';

export interface DeployCommandOptions {
  stage: string;
  set: SetOptions;
  acknowledge: string[];
  limit: number;
  yes?: boolean;
  wait?: boolean;
  chain?: boolean;
  synthesized?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

/** `parley deploy [stack…]`: what the plan says, in waves. */
export function deployCommand(): Command {
  return new Command('deploy')
    .description('deploy what has to be deployed, in waves; run again, it goes on where it stopped')
    .argument('[stack...]', 'names of stacks (default: all; in a stack’s folder, that one)')
    .addOption(stageOption('the stage to deploy to'))
    .addOption(setOption())
    .addOption(
      repeatable(
        '--acknowledge <stack/LogicalId>',
        'a resource with data that may be replaced or removed; repeatable',
      ),
    )
    .option('--limit <number>', 'stacks that are deployed at the same time', parseLimit, 5)
    .option('--wait', 'wait for stacks that somebody else is changing')
    .option(
      '--chain',
      'bring what these stacks need up to date first, let follow what reads values that change, and leave what a newer commit has deployed',
    )
    .option(
      '--synthesized',
      `take the templates as they stand, of the stage in ${synthEnv.stage} if none is named; turbo synthesized them before`,
    )
    .option('--dry-run', 'show what would be done, and do nothing')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print one JSON object per event, for programs; implies --yes')
    .action(async (names: string[], options: DeployCommandOptions, command: Command) =>
      deploy(names, { ...options, stage: stageOf(options, command) }),
    );
}

/** Turbo's tasks are told their stage as the synthesis is; a person's commands all go by what is typed alone. */
function stageOf({ stage, synthesized }: DeployCommandOptions, command: Command): string {
  const ofTask = synthesized ? readVariable(synthEnv.stage) : undefined;
  if (ofTask === undefined || command.getOptionValueSource('stage') === 'cli') return stage;
  const parsed = stageName.safeParse(ofTask);
  if (parsed.success) return parsed.data;
  throw new UserError(`${synthEnv.stage}: ${parsed.error.issues[0]!.message}, got "${ofTask}"`);
}

/** Plans and deploys, as the command says. */
export async function deploy(names: string[], options: DeployCommandOptions): Promise<void> {
  const began = performance.now();
  const signal = interruption();
  const reporter = deployReporter({ json: options.json ?? false, verb: 'deploy' });
  const { exitCodeOf, exitCodes, ...engine } = await import('@parley/deploy/engine');
  try {
    const { plan, only } = await planned(names, options, reporter);
    engine.refuseLosses(plan, { only, acknowledge: options.acknowledge });
    if (options.dryRun || !(await isWanted(plan, only, options))) return;
    const outcomes = await engine.deployPlan(plan, {
      cloud: plan.input.cloud,
      acknowledge: options.acknowledge,
      limit: options.limit,
      wait: options.wait ?? false,
      version: await readVersion(plan.input.root),
      report: reporter.event,
      signal,
      ...(only ? { only } : {}),
      ...imagesAndAfterCare(plan),
    });
    finish(outcomes, reporter, began, exitCodeOf(outcomes));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    reporter.refused(error);
    process.exitCode = exitCodes.refused;
  }
}

/** Makes the plan and shows it. */
async function planned(
  names: readonly string[],
  { stage, set, dryRun, json, chain = false, synthesized = false }: DeployCommandOptions,
  reporter: DeployReporter,
): Promise<{ plan: Plan; only: ReadonlySet<string> | undefined }> {
  reporter.step('building, synthesizing and comparing');
  const scope = await deployScope(names, chain);
  const input = await planInput(scope.toSynthesize ?? [], {
    stage,
    set: synthesized ? { ...settingsOfSynth(), ...set } : set,
    note: reporter.note,
    isSynthesized: synthesized,
  });
  const { planStage } = await import('@parley/deploy/plan');
  const asked = new Set(scope.asked ?? input.assemblies.map(({ stack }) => stack));
  const plan = await planStage(chain ? { ...input, keepNewer: { asked } } : input);
  const only = stacksToDeploy(plan, scope, chain, reporter.note);
  const shown = only
    ? { ...plan, stacks: plan.stacks.filter(({ stack }) => only.has(stack)), left: [] }
    : plan;
  if (!json) for (const line of planLines(shown, { next: false })) reporter.line(line);
  else if (dryRun) reporter.json((await import('@parley/deploy/plan-json')).toPlanJson(shown));
  return { plan, only };
}

/** What turbo's tasks were synthesized with, so that plan and templates speak of the same. */
function settingsOfSynth(): SetOptions {
  return z.record(z.string(), z.string()).parse(JSON.parse(readVariable(synthEnv.set) ?? '{}'));
}

function stacksToDeploy(
  plan: Plan,
  { asked, needed }: DeployScope,
  chain: boolean,
  note: (line: string) => void,
): ReadonlySet<string> | undefined {
  if (!asked) return undefined;
  return chain ? chainOf(plan, asked, needed, note) : new Set([...asked, ...neededFirst(plan, asked, note)]);
}

/** Asks once, where somebody sits at the terminal and the stage's data are protected. */
async function isWanted(
  { stage, stacks, input }: Plan,
  only: ReadonlySet<string> | undefined,
  { yes, json }: DeployCommandOptions,
): Promise<boolean> {
  const toDeploy = stacks.filter(({ stack, action }) => action === 'deploy' && (only?.has(stack) ?? true));
  const asks = input.settings['protectData'] === true && toDeploy.length > 0 && process.stdin.isTTY;
  if (!asks || yes || json) return true;
  const count = toDeploy.length === 1 ? 'this stack' : `these ${toDeploy.length} stacks`;
  if (await askYesNo(`Deploy ${count} to ${stage}?`)) return true;
  process.stdout.write('Nothing was deployed.\n');
  return false;
}

function finish(outcomes: Outcome[], reporter: DeployReporter, began: number, exitCode: number): void {
  reporter.done(outcomes, (performance.now() - began) / 1000);
  process.exitCode = exitCode;
  // What was cut off still waits for AWS, and nobody waits for it.
  if (outcomes.some(({ result }) => result === 'cut')) process.exit();
}

function isRefusal(error: unknown): error is Error & { nextStep?: string } {
  return error instanceof Error && 'code' in error && error.code === 'unacknowledged';
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 20) return limit;
  throw new InvalidArgumentError('expected a number from 1 to 20.');
}
