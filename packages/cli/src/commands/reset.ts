import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { UserError } from '../errors.ts';
import { runningSystem } from '@parley/local/running';
import { workspaceRoot } from '../workspace.ts';

/** `parley reset`: forget everything that was stored on this machine. */
export function resetCommand(): Command {
  return new Command('reset')
    .description('delete what local running has stored: conversations, registrations, users, logs')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print one JSON object, for programs; implies --yes')
    .action(reset);
}

async function reset({ yes, json }: { yes?: boolean; json?: boolean }): Promise<void> {
  const folder = join(workspaceRoot(process.cwd()), '.parley');
  const running = await runningSystem(folder);
  if (running)
    throw new UserError(`Parley runs at ${running.url}: stop it first (Ctrl-C where it was started).`);
  const existed = existsSync(folder);
  if (existed && !yes && !json && !(await confirmed(folder))) {
    process.stdout.write('Nothing was deleted.\n');
    return;
  }
  await rm(folder, { recursive: true, force: true });
  if (json) process.stdout.write(`${JSON.stringify({ deleted: existed ? [folder] : [] })}\n`);
  else
    process.stdout.write(
      existed ? 'Deleted. The next start begins anew.\n' : 'There was nothing to delete.\n',
    );
}

async function confirmed(folder: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UserError(`This deletes ${folder} with all conversations in it: say --yes.`);
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question(`Delete ${folder} with all conversations in it? [y/N] `);
  prompt.close();
  return /^y(es)?$/i.test(answer.trim());
}
