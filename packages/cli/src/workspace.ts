import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';
import type { WorkspacePackage as DeployPackage } from '@parley/deploy/graph';
import { UserError } from './errors.ts';

/** One package of the workspace; it is a stack when it can be synthesized. */
export interface WorkspacePackage extends DeployPackage {
  /** Names of its package scripts. */
  scripts: readonly string[];
}

export interface Workspace {
  root: string;
  packages: readonly WorkspacePackage[];
  /** Folders left out because another package has their name, as lines for the user. */
  duplicates: readonly string[];
}

/** Folders that hold packages; the same as in pnpm-workspace.yaml, which a test compares. */
export const packageFolders = ['apps', 'packages', 'stacks', 'stacks/chat-apps'] as const;

const texts = z.record(z.string(), z.string()).default({});
const manifest = z.object({
  name: z.string(),
  scripts: texts,
  dependencies: texts,
  devDependencies: texts,
  optionalDependencies: texts,
  parley: z.unknown().optional(),
});

/** The folder of the workspace that `from` lies in. Throws when there is none. */
export function workspaceRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'parley.config.ts'))) return folder;
    if (folder === dirname(folder)) {
      throw new UserError(
        `${from} is not inside a Parley workspace: change to the folder you cloned and try again.`,
      );
    }
  }
}

/** Reads all packages. Of several with one name, or whose stacks have one, the one whose folder is called so stays. */
export async function readWorkspace(root: string): Promise<Workspace> {
  const all = (await Promise.all(packageFolders.map((folder) => packagesIn(join(root, folder))))).flat();
  const byName = Map.groupBy(all, nameInUse);
  const packages = [...byName.values()].map((same) => same.find(isNamedAsFolder) ?? same[0]!);
  const duplicates = all
    .filter((each) => !packages.includes(each))
    .map((each) => {
      const kept = packages.find((other) => nameInUse(other) === nameInUse(each))!;
      return duplicateLine(root, each, kept);
    });
  return { root, packages, duplicates };
}

function duplicateLine(
  root: string,
  { name, stack, folder }: WorkspacePackage,
  kept: WorkspacePackage,
): string {
  const other = relative(root, kept.folder);
  const clash =
    name === kept.name
      ? `is the name of ${other} too`
      : `gives the stack "${stack}", which ${other} is already`;
  return (
    `${relative(root, folder)}/package.json: name: "${name}" ${clash}: ` +
    `change it, to "${basename(folder)}" for example. Until then this folder is left out.`
  );
}

/** What no two may have: stacks are called by their packages' names without the scope. */
function nameInUse({ name, stack }: WorkspacePackage): string {
  return stack ?? name;
}

function isNamedAsFolder({ name, folder }: WorkspacePackage): boolean {
  return unscoped(name) === basename(folder);
}

async function packagesIn(parent: string): Promise<WorkspacePackage[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(parent, name));
  const found = await Promise.all(folders.sort().map(readPackage));
  return found.filter((each) => each !== undefined);
}

async function readPackage(folder: string): Promise<WorkspacePackage | undefined> {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const { name, scripts, parley, ...dependencies } = parseManifest(file, await readFile(file, 'utf8'));
  return {
    name,
    folder,
    scripts: Object.keys(scripts),
    stack: 'synth' in scripts ? unscoped(name) : undefined,
    dependencies: Object.values(dependencies).flatMap((each) => Object.keys(each)),
    parley,
  };
}

function parseManifest(file: string, text: string): z.infer<typeof manifest> {
  try {
    return manifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new UserError(`${file}: expected a package.json with a "name"; mend or delete it.`, { cause });
  }
}

function unscoped(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}
