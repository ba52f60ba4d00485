import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { WorkspaceCopy } from '@parley/tests/workspace-copy';

/** What a build or an install left in a folder, and no copy needs. */
const made = new Set(['node_modules', 'dist', 'cdk.out', '.turbo']);

export function appName(i: number): string {
  return `app-${String(i).padStart(3, '0')}`;
}

/** Adds chat apps to a workspace until it has `count`: copies of the sample, each with a name of its own. */
export async function generateChatApps({ root, run }: WorkspaceCopy, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, i) => appName(i + 1));
  const sample = join(root, 'stacks/chat-apps/weather');
  for (const name of names) {
    const folder = join(root, 'stacks/chat-apps', name);
    await rm(folder, { recursive: true, force: true });
    await cp(sample, folder, { recursive: true, filter: (path) => !made.has(basename(path)) });
    const manifest = join(folder, 'package.json');
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"weather"', `"${name}"`));
  }
  const { exitCode, all } = await run('pnpm', ['install', '--no-frozen-lockfile', '--prefer-offline']);
  if (exitCode !== 0) throw new Error(`The generated apps could not be installed:\n${all}`);
  await commit({ run } as WorkspaceCopy);
  return names;
}

/** Commits everything, as a repository is in which somebody plans. */
export async function commit({ run }: Pick<WorkspaceCopy, 'run'>): Promise<void> {
  await run('git', ['add', '-A']);
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com'];
  await run('git', [...identity, 'commit', '-q', '--no-gpg-sign', '--no-verify', '-m', 'Chat apps']);
}
