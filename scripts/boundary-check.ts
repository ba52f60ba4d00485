import { dirname, relative, resolve, sep } from 'node:path';
import { isBuiltin } from 'node:module';
import { ruleFor } from './boundary-rules.ts';
import { sourceImports } from './source-imports.ts';

/** One workspace package as found on disk. Paths are relative to the repository's root, with `/`. */
export interface Workspace {
  name: string;
  folder: string;
  dependencies: string[];
  devDependencies: string[];
  /** Its own source files: path below the root, and text. */
  sources: { path: string; text: string }[];
}

/**
 * Every breach of the boundaries, one line each: dependencies against the one-way order, imports that are
 * not declared in package.json, and relative imports that reach into another workspace.
 */
export function boundaryBreaches(workspaces: Workspace[]): string[] {
  return workspaces.flatMap((workspace) => [
    ...dependencyBreaches(workspace, workspaces),
    ...workspace.sources.flatMap((source) => importBreaches(workspace, source, workspaces)),
  ]);
}

function dependencyBreaches(workspace: Workspace, all: Workspace[]): string[] {
  const where = `${workspace.folder}/package.json`;
  const rule = ruleFor(workspace.folder);
  if (!rule)
    return [`${where}: no boundary rule for "${workspace.folder}"; add one to scripts/boundary-rules.ts`];
  const declared = [...workspace.dependencies, ...workspace.devDependencies];
  return declared.flatMap((name) => {
    const target = all.find((other) => other.name === name);
    if (!target || mayUse(rule.mayUse, target)) return [];
    return [
      `${where}: "${workspace.name}" must not depend on "${name}" (${target.folder}); it may use ${listed(rule.mayUse)}`,
    ];
  });
}

function mayUse(allowed: string[], target: Workspace): boolean {
  if (target.folder.startsWith('stacks/')) return false;
  return allowed.includes(target.name) || (allowed.includes('apps') && target.folder.startsWith('apps/'));
}

function importBreaches(
  workspace: Workspace,
  source: Workspace['sources'][number],
  all: Workspace[],
): string[] {
  return sourceImports(source.path, source.text).flatMap(({ specifier, line, typeOnly }) => {
    const problem = specifier.startsWith('.')
      ? relativeProblem(workspace, source.path, specifier, all)
      : packageProblem(workspace, source.path, specifier, typeOnly, all);
    return problem ? [`${source.path}:${line}: ${problem}`] : [];
  });
}

function relativeProblem(workspace: Workspace, path: string, specifier: string, all: Workspace[]) {
  const target = relative('/', resolve('/', dirname(path), specifier))
    .split(sep)
    .join('/');
  const owner = owningWorkspace(target, all);
  if (!owner || owner === workspace) return undefined;
  // Benchmarks start the system as the tests do; neither is a package.
  if (workspace.folder === '.' && owner.folder === 'tests') return undefined;
  return `"${specifier}" reaches into ${owner.folder}; import one of the doors of "${owner.name}" instead`;
}

/** The workspace with the longest folder that holds the path. */
export function owningWorkspace<T extends { folder: string }>(path: string, all: T[]): T | undefined {
  return all
    .filter(({ folder }) => folder === '.' || path.startsWith(`${folder}/`))
    .toSorted((a, b) => b.folder.length - a.folder.length)[0];
}

function packageProblem(
  workspace: Workspace,
  path: string,
  specifier: string,
  typeOnly: boolean,
  all: Workspace[],
) {
  // `#name` is a subpath import of the package's own.
  if (isBuiltin(specifier) || specifier.startsWith('#')) return undefined;
  const name = packageName(specifier);
  if (name === workspace.name || workspace.dependencies.includes(name)) return undefined;
  const dev = workspace.devDependencies;
  if (isDevelopmentFile(workspace, path) && rootTools(all).includes(name)) return undefined;
  if (dev.includes(name) || (typeOnly && dev.includes(typesPackage(name)))) {
    if (typeOnly || isDevelopmentFile(workspace, path)) return undefined;
    return `"${name}" is only a devDependency of ${workspace.folder}/package.json, but this file ships`;
  }
  return `"${name}" is not declared in ${workspace.folder}/package.json`;
}

function packageName(specifier: string): string {
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

function typesPackage(name: string): string {
  return `@types/${name.replace(/^@/, '').replace('/', '__')}`;
}

/** What the root installs for every workspace, such as the test runner. */
function rootTools(all: Workspace[]): string[] {
  return all.find(({ folder }) => folder === '.')?.devDependencies ?? [];
}

/** Tests, the `testing` door and everything that is no package of ours to ship. */
function isDevelopmentFile(workspace: Workspace, path: string): boolean {
  if (!/^(packages|apps)\//.test(workspace.folder)) return true;
  return /\.test\.ts$|\/testing(\/|\.ts$)|\.config\.ts$/.test(path);
}

function listed(names: string[]): string {
  return names.length > 0 ? names.join(', ') : 'no other workspace package';
}
