#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { Command } from 'commander';

// What is loaded below was compiled by an earlier command: loading what a plan needs takes 0.5 s of processor time in
// place of 0.9 s (medians of five, on a busy machine).
enableCompileCache();

/** Each is loaded when it is asked for: what one needs is not what another's start waits for. */
const commands: Record<string, () => Promise<Command>> = {
  start: async () => (await import('./commands/start.ts')).startCommand(),
  chat: async () => (await import('./commands/chat.ts')).chatCommand(),
  synth: async () => (await import('./commands/synth.ts')).synthCommand(),
  plan: async () => (await import('./commands/plan.ts')).planCommand(),
  deploy: async () => (await import('./commands/deploy.ts')).deployCommand(),
  destroy: async () => (await import('./commands/destroy.ts')).destroyCommand(),
  images: async () => (await import('./commands/images.ts')).imagesCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  stage: async () => (await import('./commands/stage.ts')).stageCommand(),
  status: async () => (await import('./commands/status.ts')).statusCommand(),
  logs: async () => (await import('./commands/logs.ts')).logsCommand(),
  rollback: async () => (await import('./commands/rollback.ts')).rollbackCommand(),
  fn: async () => (await import('./commands/fn.ts')).fnCommand(),
  workflows: async () => (await import('./commands/workflows.ts')).workflowsCommand(),
  reset: async () => (await import('./commands/reset.ts')).resetCommand(),
};

/** A command made by itself, and those below it, answer a mistake as the program does. */
function inherit(command: Command, parent: Command): Command {
  command.copyInheritedSettings(parent);
  for (const each of command.commands) inherit(each, command);
  return command;
}

const program = new Command('parley')
  .description('Many AI chat apps in your own AWS account, and on your own machine')
  .showHelpAfterError('(--help lists what there is)');

// A reader that has gone (`parley start | head`) is no error, and no reason to end what runs.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);

try {
  const asked = commands[process.argv[2] ?? ''];
  if (!asked) {
    const { readVersion } = await import('./parley-version.ts');
    program.version(
      await readVersion(join(import.meta.dirname, '../../..')),
      '-V, --version',
      'show the version',
    );
  }
  for (const load of asked ? [asked] : Object.values(commands))
    program.addCommand(inherit(await load(), program));
  await program.parseAsync();
} catch (error) {
  // What goes wrong is the user's to mend and is said in one message; a stack trace only helps Parley's authors.
  process.stderr.write(`parley: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof Error && 'nextStep' in error && typeof error.nextStep === 'string') {
    process.stderr.write(`  ${error.nextStep}\n`);
  }
  if (process.argv.includes('--verbose') && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
