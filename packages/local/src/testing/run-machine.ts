/** Runs a local system in a process of its own, for tests that kill it: prints each event, then its address. */
import { join } from 'node:path';
import { startLocal } from '../start.ts';

const [folder = '', ...stacks] = process.argv.slice(2);
const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

const system = await startLocal({
  assemblies: stacks.map((stack) => join(folder, 'stacks', stack)),
  dataFolder: join(folder, '.parley'),
  port: 0,
  workspaceFolder: (name) => join(folder, 'packages', name.split('/').at(-1) ?? name),
  onEvent: print,
});
print({ type: 'running', url: system.url, report: system.report });
