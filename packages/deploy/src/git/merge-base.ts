import { DeployError } from '../errors.ts';
import { git } from './checkout.ts';

/**
 * The commit at which `head` left `base`, for what turbo calls affected. Without one turbo takes everything (or
 * nothing) for affected, so this is to be asked first.
 * @throws DeployError `no-merge-base` saying what is missing and the command that brings it
 */
export async function mergeBase(root: string, base: string, head = 'HEAD'): Promise<string> {
  const found = await git(root, ['merge-base', base, head]);
  if (found.ok) return found.text.trim();
  const shallow = (await git(root, ['rev-parse', '--is-shallow-repository'])).text.trim() === 'true';
  const known = await Promise.all(
    [base, head].map((name) => git(root, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`])),
  );
  const missing = [base, head].filter((_, i) => !known[i]?.ok);
  const what =
    missing.length > 0
      ? `there is no commit ${missing.join(' and no ')} here`
      : 'their histories do not meet';
  throw new DeployError(
    'no-merge-base',
    `What is affected between ${base} and ${head} cannot be told: ${what}${shallow ? ', as this clone is shallow' : ''}.`,
    {
      nextStep: shallow
        ? 'Run `git fetch --unshallow` (in a workflow: actions/checkout with `fetch-depth: 0`), or deploy without --affected.'
        : `Run \`git fetch origin\`, and name a branch that ${head} came from (TURBO_SCM_BASE); or deploy without --affected.`,
    },
  );
}
