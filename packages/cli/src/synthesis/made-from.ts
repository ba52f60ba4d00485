import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { sourcesHashFile } from '@parley/contract/names';

/** What the assembly of a stage was made from, as turbo's hash; undefined when that is not known, or there is none. */
export async function madeFrom(folder: string, stage: string): Promise<string | undefined> {
  return readFile(join(folder, 'cdk.out', stage, sourcesHashFile), 'utf8').catch(() => undefined);
}

/**
 * A stack.ts that ended well and made nothing has left an older assembly, or none: what is wrong with it, as a line.
 * Without a hash there is nothing to compare with.
 */
export async function madeNothing(
  root: string,
  folder: string,
  stage: string,
  hash: string | undefined,
): Promise<string[]> {
  if (hash === undefined || (await madeFrom(folder, stage)) === hash) return [];
  const file = join(relative(root, folder), 'stack.ts');
  return [
    `${file}: it ran and made no template: expected \`export const app = parleyApp(import.meta, (stack) => { … })\``,
  ];
}
