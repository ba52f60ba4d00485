import { git } from './checkout.ts';

/** How a commit stands to what is checked out: it came after it, it did not, or this clone does not have it. */
export type CommitOrder = 'newer' | 'not-newer' | 'unknown';

/** Whether a commit contains the one that is checked out in `root`, and more. */
export async function commitOrder(root: string, commit: string): Promise<CommitOrder> {
  const [known, head] = await Promise.all([
    git(root, ['cat-file', '-e', `${commit}^{commit}`]),
    git(root, ['rev-parse', '--verify', '--quiet', 'HEAD']),
  ]);
  if (!known.ok) return 'unknown';
  if (head.text.trim() === commit) return 'not-newer';
  return (await git(root, ['merge-base', '--is-ancestor', 'HEAD', commit])).ok ? 'newer' : 'not-newer';
}
