import { execa } from 'execa';

/** What is checked out: for records, and to tell what changed since one. */
export interface Checkout {
  /** Undefined outside a git repository, and before the first commit. */
  commit: string | undefined;
  /** Whether files are changed or added and not committed. */
  dirty: boolean;
}

/** What is checked out in `root`. */
export async function readCheckout(root: string): Promise<Checkout> {
  const [commit, status] = await Promise.all([
    git(root, ['rev-parse', '--verify', '--quiet', 'HEAD']),
    git(root, ['status', '--porcelain', '--untracked-files=normal']),
  ]);
  return { commit: commit.text.trim() || undefined, dirty: status.text !== '' };
}

/** Runs git in `root`; it never asks anything and never takes a lock for what it only reads. */
export async function git(root: string, args: string[]): Promise<{ ok: boolean; text: string }> {
  const { exitCode, stdout } = await execa('git', ['--no-optional-locks', ...args], {
    cwd: root,
    reject: false,
    stripFinalNewline: false,
    env: { GIT_TERMINAL_PROMPT: '0' },
  });
  return { ok: exitCode === 0, text: exitCode === 0 ? stdout : '' };
}
