import { idPattern } from '@parley/contract/id';
import { UserError } from '../errors.ts';

/** Ending of the name of every generated workflow. */
export const nameEnding = '.BuildTest.Deploy';

/** Folder below the root that GitHub reads workflows from. */
export const workflowFolder = '.github/workflows';

/** Name of a stack's workflow: its parts between `-`, `_` and `.`, each with a capital; `my-app` → `MyApp.BuildTest.Deploy`. */
export function workflowName(stack: string): string {
  const parts = stack.split(/[^a-z0-9]+/i).filter((part) => part !== '');
  return `${parts.map((part) => part[0]!.toUpperCase() + part.slice(1)).join('')}${nameEnding}`;
}

/** File of a stack's workflow, below the root. */
export function workflowFile(stack: string): string {
  return `${workflowFolder}/${workflowName(stack)}.yml`;
}

/** What a generated file says of a stack is its name as it stands: no expression of GitHub's, no path, no second line. */
export function refuseBadNames(stacks: readonly string[]): void {
  const bad = stacks.find((stack) => !idPattern.test(stack));
  if (bad === undefined) return;
  throw new UserError(
    `A package gives the stack ${JSON.stringify(bad)}: expected lower-case words joined by single hyphens, such as "my-app".`,
  );
}

/** Two stacks may not share a file, on file systems that know no capitals neither. */
export function refuseEqualNames(stacks: readonly string[]): void {
  const byFile = Map.groupBy(stacks, (stack) => workflowFile(stack).toLowerCase());
  for (const same of byFile.values()) {
    if (same.length === 1) continue;
    throw new UserError(
      `${same.join(' and ')} would have one workflow, ${workflowFile(same[0]!)}: give one of them another name.`,
    );
  }
}
