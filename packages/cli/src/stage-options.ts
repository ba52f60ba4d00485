import { InvalidArgumentError, Option } from 'commander';
import { relative } from 'node:path';
import { stage as stageName } from '@parley/contract/id';
import type { SetOptions } from '@parley/deploy/command-line';
import { UserError } from './errors.ts';
import type { Workspace } from './workspace.ts';

/** The stage of a command that names none, and of a push to the main branch. */
export const defaultStage = 'dev';

/** `--stage <stage>`, by default `dev`. */
export function stageOption(what: string): Option {
  return new Option('-s, --stage <stage>', what).default(defaultStage).argParser(parseStage);
}

/** `--set <key=value>`, any number of times. */
export function setOption(): Option {
  return new Option(
    '--set <key=value>',
    'a setting that wins over parley.config.ts, for this once; repeatable',
  )
    .default({}, 'none')
    .argParser(addSetting);
}

/** An option that may be given any number of times; its value is a list. */
export function repeatable(flags: string, what: string): Option {
  return new Option(flags, what)
    .default([], 'none')
    .argParser((text: string, before: string[]) => [...before, text]);
}

/** The stacks that were asked for; without names, the one whose folder the command runs in; else undefined: all. */
export function stacksAskedFor(
  workspace: Workspace,
  names: readonly string[],
  cwd: string,
): string[] | undefined {
  checkNames(workspace, names);
  if (names.length > 0) return [...new Set(names)];
  const here = workspace.packages.find(
    ({ stack, folder }) => stack && !relative(folder, cwd).startsWith('..'),
  );
  return here?.stack === undefined ? undefined : [here.stack];
}

/** Throws when a name is no stack's, listing those there are. */
export function checkNames({ packages }: Workspace, names: readonly string[]): void {
  const known = packages.flatMap(({ stack }) => stack ?? []);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new UserError(
    `No stack is called ${unknown.map((name) => `"${name}"`).join(', ')}. There are: ${known.join(', ')}.`,
  );
}

function parseStage(text: string): string {
  const parsed = stageName.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(parsed.error.issues[0]!.message);
}

function addSetting(text: string, before: SetOptions): SetOptions {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('expected key=value, such as network=private.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
