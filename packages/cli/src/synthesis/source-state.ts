import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { git } from '@parley/deploy/checkout';

/**
 * A hash of every file that git does not ignore, committed or not: what builds and templates are made from. Undefined
 * outside a repository, and before its first commit.
 */
export async function sourceState(root: string): Promise<string | undefined> {
  const [head, status] = await Promise.all([
    git(root, ['rev-parse', 'HEAD^{tree}', '--show-toplevel']),
    git(root, ['status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=all']),
  ]);
  const [tree, top] = head.text.split('\n');
  if (!head.ok || !status.ok || !tree || !top) return undefined;
  const entries = status.text.split('\0').filter((entry) => entry !== '');
  // An entry is two letters of state, a space and the path below the repository's top.
  const contents = await Promise.all(
    entries.map(async (entry) => `${entry} ${await contentHash(join(top, entry.slice(3)))}`),
  );
  return sha256([process.version, tree, ...contents].join('\n'));
}

/**
 * What `make` gave for these sources before, or gives now: one answer is kept, in a file below `.turbo`. Only for what
 * depends on the sources and the key alone.
 */
export async function rememberedFor<T>(
  root: string,
  name: string,
  key: string,
  { parse, make }: { parse(text: unknown): T; make(): Promise<T> },
): Promise<T> {
  const state = await sourceState(root);
  if (state === undefined) return make();
  const file = join(root, '.turbo/parley', `${name}.json`);
  const wanted = sha256(`${state}\n${key}`);
  const known = await readKept(file);
  if (known?.for === wanted) return parse(known.value);
  const value = await make();
  // Sources that changed meanwhile are nobody's.
  if ((await sourceState(root)) === state) await keep(file, { for: wanted, value });
  return value;
}

interface Kept {
  for: string;
  value: unknown;
}

async function readKept(file: string): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Kept;
  } catch {
    return undefined;
  }
}

async function keep(file: string, kept: Kept): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(kept));
}

async function contentHash(path: string): Promise<string> {
  return readFile(path).then(sha256, () => 'gone');
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
