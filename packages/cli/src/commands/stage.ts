import { Command } from 'commander';
import { stage as stageName } from '@parley/contract/id';
import { InvalidArgumentError } from 'commander';
import { localStage } from '../local/local-sources.ts';
import { repeatable, setOption } from '../stage-options.ts';
import type { DeleteCommandOptions } from '../stage/delete-stage.ts';

/** `parley stage list|create|delete`: whole systems, each isolated from the others. */
export function stageCommand(): Command {
  return new Command('stage')
    .description('list, create or delete stages: each is one complete, isolated system')
    .addCommand(listCommand())
    .addCommand(createCommand())
    .addCommand(deleteCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description('the stages of parley.config.ts and those that stand in AWS, with what each has')
    .addOption(
      repeatable('--region <region>', 'a region to look in besides those of parley.config.ts; repeatable'),
    )
    .option('--json', 'print one JSON object, for programs')
    .action(async (options: { region: string[]; json?: boolean }) =>
      (await import('../stage/list-stages.ts')).listStages(options),
    );
}

function createCommand(): Command {
  return new Command('create')
    .description('look whether a new stage can be deployed, then deploy all of it; run again, it goes on')
    .argument('<name>', 'name of the stage, such as demo', parseName)
    .addOption(setOption())
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print one JSON object per event, for programs; implies --yes')
    .action(async (name: string, options: { set: Record<string, string>; yes?: boolean; json?: boolean }) =>
      (await import('../stage/create-stage.ts')).createStage(name, options),
    );
}

function deleteCommand(): Command {
  return new Command('delete')
    .description('delete a stage with everything that costs money; shows first what goes and what stays')
    .argument('<name>', 'name of the stage', parseName)
    .addOption(setOption())
    .option('--delete-data', 'where the stage protects its data: delete them and the logs too')
    .option('--keep-data', 'where the stage protects its data: leave them and the logs in the account')
    .option('--dry-run', 'show what would be deleted, and do nothing')
    .option('-y, --yes', 'do not ask for the name of the stage')
    .option('--json', 'print one JSON object per event, for programs; needs --yes')
    .action(async (name: string, options: DeleteCommandOptions) =>
      (await import('../stage/delete-stage.ts')).deleteStage(name, options),
    );
}

function parseName(text: string): string {
  const parsed = stageName.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues[0]!.message);
  if (text === localStage) {
    throw new InvalidArgumentError(
      `"${localStage}" is the stage of this machine: pnpm start runs it, pnpm run reset empties it.`,
    );
  }
  return parsed.data;
}
