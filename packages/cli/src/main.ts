#!/usr/bin/env node
import { Command } from 'commander';
import { chatCommand } from './commands/chat.ts';
import { resetCommand } from './commands/reset.ts';
import { startCommand } from './commands/start.ts';
import { synthCommand } from './commands/synth.ts';

const program = new Command('parley')
  .description('Many AI chat apps in your own AWS account, and on your own machine')
  .addCommand(startCommand())
  .addCommand(chatCommand())
  .addCommand(synthCommand())
  .addCommand(resetCommand())
  .showHelpAfterError('(--help lists what there is)');

// A reader that has gone (`parley start | head`) is no error, and no reason to end what runs.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);

try {
  await program.parseAsync();
} catch (error) {
  // What goes wrong is the user's to mend and is said in one message; a stack trace only helps Parley's authors.
  process.stderr.write(`parley: ${error instanceof Error ? error.message : String(error)}\n`);
  if (process.argv.includes('--verbose') && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
