import { commandLine } from '@parley/deploy/command-line';
import type { Plan } from '@parley/deploy/plan';
import { stacksAskedFor } from '../stage-options.ts';
import { readWorkspace, workspaceRoot } from '../workspace.ts';

export interface DeployScope {
  /** Stacks that were asked for; undefined for all. */
  asked: string[] | undefined;
  /** All that those asked for come after. */
  needed: ReadonlySet<string>;
  /** Both, and of a chain what comes after them: all that has to be looked at; undefined for all. */
  toSynthesize: string[] | undefined;
}

/**
 * What a deploy is about: the stacks named, or the one whose folder this is, or all.
 * @param chain whether those that come after them are looked at too
 */
export async function deployScope(names: readonly string[], chain: boolean): Promise<DeployScope> {
  const workspace = await readWorkspace(workspaceRoot(process.cwd()));
  const asked = stacksAskedFor(workspace, names, process.cwd());
  if (!asked) return { asked, needed: new Set(), toSynthesize: undefined };
  const { declaredGraph } = await import('@parley/deploy/graph');
  const { needs } = declaredGraph(workspace.root, workspace.packages);
  const needed = new Set(asked.flatMap((stack) => [...(needs.get(stack) ?? [])]));
  const following = [...needs].filter(([, before]) => chain && asked.some((each) => before.has(each)));
  // What comes after can only be judged together with all that it stands on.
  const all = new Set([...needed, ...asked, ...following.flatMap(([stack, before]) => [...before, stack])]);
  return { asked, needed, toSynthesize: [...all] };
}

/**
 * Stacks that those asked for need and that do not stand: they are deployed first, and that is said. Those that stand
 * and are out of date are left as they are, and that is said too.
 */
export function neededFirst(
  { stacks, input }: Plan,
  asked: readonly string[],
  note: (line: string) => void,
): string[] {
  const others = stacks.filter(({ stack, action }) => action === 'deploy' && !asked.includes(stack));
  const missing = others.filter(
    ({ live }) => !live || /^(REVIEW_IN_PROGRESS|ROLLBACK_COMPLETE)$/.test(live.status),
  );
  const stale = others.filter((each) => !missing.includes(each));
  const list = (some: typeof stacks): string => some.map(({ stack }) => stack).join(', ');
  if (missing.length > 0) note(`deployed first, as ${asked.join(', ')} cannot do without: ${list(missing)}`);
  if (stale.length > 0) {
    const command = commandLine(`deploy ${stale.map(({ stack }) => stack).join(' ')}`, input);
    note(`out of date and left as it stands: ${list(stale)} (\`${command}\`)`);
  }
  return missing.map(({ stack }) => stack);
}
