import { relative, sep } from 'node:path';
import type { WorkspacePackage } from '../graph/declaration.ts';

/** Files at the root that any stack may depend on. */
export const rootFiles: readonly string[] = [
  'cdk.json',
  'package.json',
  'parley.config.ts',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'turbo.json',
];

/** Files that no build and no template is made of. */
const apart = /\.test\.tsx?$|(^|\/)README\.md$/;

/** Of some files below the root, those a stack is made of: its own, and those of all packages it depends on. */
export function ownFiles(
  stack: string,
  files: readonly string[],
  root: string,
  packages: readonly WorkspacePackage[],
): string[] {
  const folders = ownFolders(stack, root, packages).map((folder) => `${folder}/`);
  return files.filter(
    (file) =>
      !apart.test(file) && (rootFiles.includes(file) || folders.some((folder) => file.startsWith(folder))),
  );
}

/** Folders below the root of the packages a stack is made of, its own first, with `/` between their names. */
export function ownFolders(stack: string, root: string, packages: readonly WorkspacePackage[]): string[] {
  return closure(stack, packages).map(({ folder }) => relative(root, folder).split(sep).join('/'));
}

/** The stack's package, and those it depends on over any number of steps. */
function closure(stack: string, packages: readonly WorkspacePackage[]): WorkspacePackage[] {
  const byName = new Map(packages.map((each) => [each.name, each]));
  const found = new Set(packages.filter((each) => each.stack === stack));
  for (const each of found) {
    for (const name of each.dependencies) {
      const dependency = byName.get(name);
      if (dependency) found.add(dependency);
    }
  }
  return [...found];
}
