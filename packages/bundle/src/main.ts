#!/usr/bin/env node
import { Command } from 'commander';
import { bundle } from './bundle.ts';
import { BundleError } from './errors.ts';
import { bundleTools } from './tools.ts';

const folder = process.cwd();
const program = new Command('parley-bundle').description(
  'Turns the sources of the package in this folder into what ships.',
);

program
  .command('tools')
  .description('every tools/<name>.ts of a chat app, into dist/<name>/{index.mjs, tool.json}')
  .action(async () => {
    await bundleTools(folder);
  });
program
  .command('service <entry>')
  .description('a service, into dist/server.mjs')
  .action((file: string) => bundle({ folder, entry: { file }, outfile: 'dist/server.mjs' }));
program
  .command('lambda <entry>')
  .description('a Lambda function, into dist/index.mjs')
  .action((file: string) => bundle({ folder, entry: { file }, outfile: 'dist/index.mjs' }));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof BundleError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
