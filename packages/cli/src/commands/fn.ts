import { Command } from 'commander';
import { type StageArguments, commandLine } from '@parley/deploy/command-line';
import type { DeployedFunction } from '@parley/deploy/functions';
import { UserError } from '../errors.ts';
import { interruption } from '../interruption.ts';
import { stageCloud } from '../stage-cloud.ts';
import type { SetOptions } from '@parley/deploy/command-line';
import { checkNames, setOption, stageOption } from '../stage-options.ts';
import { synthesizeStale } from '../synthesis/synthesize-stale.ts';

interface FnOptions {
  stage: string;
  set: SetOptions;
  json?: boolean;
}

/** `parley fn deploy <stack> <tool>`: one tool's code, without its stack. */
export function fnCommand(): Command {
  const deploy = new Command('deploy')
    .description('build one tool and replace the code of its function, in seconds; its stack is not touched')
    .argument('<stack>', 'name of the stack, such as weather')
    .argument('<tool>', 'name of the tool, such as forecast')
    .addOption(stageOption('the stage to deploy to'))
    .addOption(setOption())
    .option('--json', 'print one JSON object, for programs')
    .action(deployFn);
  return new Command('fn').description('work on one function of a stack').addCommand(deploy);
}

async function deployFn(stack: string, tool: string, { stage, set, json }: FnOptions): Promise<void> {
  const signal = interruption();
  const { cloud, prefix, workspace } = await stageCloud(stage, set);
  checkNames(workspace, [stack]);
  const { stacks } = await synthesizeStale({ workspace, stage, set, stacks: [stack] });
  const problems = new Set(stacks.flatMap((each) => each.problems));
  if (problems.size > 0) {
    throw new UserError(`The sources have problems:\n${[...problems].map((line) => `  ${line}`).join('\n')}`);
  }
  const [{ deployFunction }, { readStackAssembly }] = await Promise.all([
    import('@parley/deploy/functions'),
    import('@parley/assembly/read-assembly'),
  ]);
  const assembly = await readStackAssembly(stacks[0]!.folder);
  const deployed = await deployFunction(cloud, { prefix, stage, set, assembly, tool, signal });
  if (json) process.stdout.write(`${JSON.stringify({ stage, stack, tool, ...deployed })}\n`);
  else process.stdout.write(`${deployedLines(stack, tool, { stage, set }, deployed).join('\n')}\n`);
}

function deployedLines(
  stack: string,
  tool: string,
  run: StageArguments,
  { functionName, hash, isChanged, isPermanent, left }: DeployedFunction,
): string[] {
  const deployCommand = commandLine(`deploy ${stack}`, run);
  return [
    isChanged
      ? `${tool}: ${functionName} runs ${hash.slice(0, 8)} now`
      : `${tool}: ${functionName} ran ${hash.slice(0, 8)} already`,
    ...(isPermanent
      ? []
      : [
          `  ahead of the stack: a roll-back of the stack reverts it, \`${deployCommand}\` makes it permanent`,
        ]),
    ...(left.length === 0 ? [] : [`  as deployed before, until the stack is deployed: ${left.join(', ')}`]),
  ];
}
