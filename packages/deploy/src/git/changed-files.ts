import { git } from './checkout.ts';

/** Files that changed since a commit, or why they cannot be named. */
export type ChangedFiles = { files: readonly string[] } | { unknown: string };

/**
 * Files below `root` that differ from a commit now, uncommitted and new ones included; a renamed file by its old
 * and its new name. Only for people: what has to be deployed is never decided by it.
 */
export async function changedFiles(root: string, commit: string): Promise<ChangedFiles> {
  if (!(await git(root, ['cat-file', '-e', `${commit}^{commit}`])).ok) {
    return { unknown: await whyMissing(root, commit.slice(0, 7)) };
  }
  const [changed, added] = await Promise.all([
    git(root, ['diff', '--name-only', '--no-renames', '--relative', '-z', commit, '--']),
    git(root, ['ls-files', '--others', '--exclude-standard', '-z']),
  ]);
  const files = `${changed.text}\0${added.text}`.split('\0').filter((file) => file !== '');
  return { files: [...new Set(files)].toSorted() };
}

async function whyMissing(root: string, commit: string): Promise<string> {
  const { ok, text } = await git(root, ['rev-parse', '--is-shallow-repository']);
  if (!ok) return 'this is no git repository';
  if (text.trim() === 'true') {
    return `this clone is shallow and lacks commit ${commit}, which was deployed last: \`git fetch --unshallow\` brings it`;
  }
  return `this clone lacks commit ${commit}, which was deployed last: \`git fetch --all\` brings it if it was pushed`;
}
