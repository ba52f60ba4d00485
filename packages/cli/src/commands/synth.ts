import { Command } from 'commander';
import { readConfig } from '../config.ts';
import { localStage } from '../local/local-sources.ts';
import { printable } from '../printable.ts';
import { synthesize } from '../synthesis/synthesize.ts';
import type { SetOptions } from '@parley/deploy/command-line';
import { checkNames, setOption, stageOption } from '../stage-options.ts';
import { readWorkspace, workspaceRoot } from '../workspace.ts';

interface SynthOptions {
  stage: string;
  set: SetOptions;
  json?: boolean;
}

/** `parley synth [stack…]`: templates into `cdk.out/<stage>` of each stack's folder. */
export function synthCommand(): Command {
  return new Command('synth')
    .description(
      'synthesize stacks into cdk.out/<stage> of their folders; what is unchanged comes from the cache',
    )
    .argument('[stack...]', 'names of stacks (default: all)')
    .addOption(stageOption('the stage to synthesize for'))
    .addOption(setOption())
    .option('--json', 'print one JSON object, for programs')
    .action(synth);
}

async function synth(names: string[], { stage, set, json }: SynthOptions): Promise<void> {
  const workspace = await readWorkspace(workspaceRoot(process.cwd()));
  checkNames(workspace, names);
  const { stages } = await readConfig(workspace.root);
  if (stage !== localStage && !(stage in stages)) {
    process.stderr.write(`  (stage "${stage}" is not in parley.config.ts: it has the defaults)\n`);
  }
  const { stacks, ran, cached } = await synthesize({
    workspace,
    stage,
    set,
    stacks: names.length > 0 ? names : undefined,
  });
  if (json) {
    process.stdout.write(`${JSON.stringify({ stage, stacks, ran, cached, left: workspace.duplicates })}\n`);
  } else {
    for (const { stack, folder, problems } of stacks) {
      process.stdout.write(problems.length > 0 ? `${stack}: failed\n` : `${stack}: ${folder}\n`);
    }
    for (const line of new Set(stacks.flatMap(({ problems }) => problems))) {
      process.stderr.write(`  ! ${printable(line)}\n`);
    }
    for (const line of workspace.duplicates) process.stderr.write(`  ! ${line}\n`);
    process.stdout.write(`${ran} tasks run, ${cached} from the cache\n`);
  }
  if (workspace.duplicates.length > 0 || stacks.some(({ problems }) => problems.length > 0))
    process.exitCode = 1;
}
