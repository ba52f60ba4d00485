import * as z from 'zod';
import { relative } from 'node:path';
import { DeployError } from '../errors.ts';

/** A package of the workspace, as its package.json has it. */
export interface WorkspacePackage {
  name: string;
  /** Absolute. */
  folder: string;
  /** The stack it is, by its unscoped name; undefined when it is none. */
  stack: string | undefined;
  /** Names in `dependencies`, `devDependencies` and `optionalDependencies`. */
  dependencies: readonly string[];
  /** Content of `parley`, not yet checked; undefined when there is none. */
  parley: unknown;
}

/** What a stack's package.json may say of it under `parley`. */
const declaration = z.strictObject({
  /** Stacks that must stand before this one. @default none */
  deployAfter: z.array(z.string().min(1)).default([]),
});

/**
 * The stacks each stack declares to come after, by their unscoped names.
 * @throws DeployError naming every package.json that says something else than it may
 */
export function declaredNeeds(root: string, packages: readonly WorkspacePackage[]): Map<string, string[]> {
  const stacks = packages.filter(({ stack }) => stack !== undefined);
  const known = stacks.map(({ stack }) => stack ?? '');
  const problems: string[] = [];
  const needs = new Map<string, string[]>();
  for (const each of stacks) {
    const file = `${relative(root, each.folder)}/package.json`;
    const parsed = declaration.safeParse(each.parley ?? {});
    if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => `${file}: ${issueLine(issue)}`));
    const after = parsed.data?.deployAfter ?? [];
    const unknown = after.filter((name) => !known.includes(name));
    problems.push(
      ...unknown.map(
        (name) =>
          `${file}: parley.deployAfter: no stack is called "${name}"; there are ${known.toSorted().join(', ')}`,
      ),
    );
    needs.set(each.stack ?? '', after);
  }
  if (problems.length > 0) throw new DeployError('graph', problems.join('\n'));
  return needs;
}

function issueLine({ path, message }: z.core.$ZodIssue): string {
  return `parley${path.map((part) => `.${String(part)}`).join('')}: ${message}`;
}
