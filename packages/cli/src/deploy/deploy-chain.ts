import type { Plan, PlannedStack } from '@parley/deploy/plan';

/**
 * The stacks that a deploy of some takes along: before them what they come after, if it is out of date, and after them
 * what reads a value that changes. What comes after and has changed by itself is not taken along, as nobody asked for
 * that change here. All this is said.
 */
export function chainOf(
  { stacks }: Plan,
  asked: readonly string[],
  needed: ReadonlySet<string>,
  note: (line: string) => void,
): Set<string> {
  const before = stacks.filter(
    ({ stack, action }) => action === 'deploy' && needed.has(stack) && !asked.includes(stack),
  );
  const chain = new Set([...asked, ...before.map(({ stack }) => stack)]);
  // In waves: who writes is found before who reads.
  const after = stacks.filter((planned) => {
    if (chain.has(planned.stack) || needed.has(planned.stack) || !mayFollow(planned, chain)) return false;
    chain.add(planned.stack);
    return true;
  });
  if (before.length > 0)
    note(`brought up to date first, as ${asked.join(', ')} comes after: ${list(before)}`);
  if (after.length > 0) note(`may follow, as they read what may change: ${list(after)}`);
  return chain;
}

/** Whether a stack whose own sources are as deployed reads a value that is another, or may become one. */
function mayFollow({ action, after, reasons }: PlannedStack, chain: ReadonlySet<string>): boolean {
  if (action === 'deploy') return reasons.every(({ code }) => code === 'upstream');
  return after.some((stack) => chain.has(stack));
}

function list(stacks: readonly PlannedStack[]): string {
  return stacks.map(({ stack }) => stack).join(', ');
}
