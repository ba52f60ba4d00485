import { execa } from 'execa';
import { basename, join } from 'node:path';
import type { ModelSettings } from '@parley/contract/model';
import { readConfig } from '../config.ts';
import { localModel } from './local-model.ts';
import type { StartReporter } from './start-reporter.ts';
import { synthesize } from '../synthesis/synthesize.ts';
import { readWorkspace, type Workspace } from '../workspace.ts';

/** The stage of everything that runs on this machine. */
export const localStage = 'local';

/** What `start` runs, as the sources say at a time. */
export interface LocalSources {
  /** Folders of the stacks' cloud assemblies; also of those that cannot be synthesized now, which stay as they are. */
  assemblies: string[];
  /** Those of them whose sources have problems. */
  broken: string[];
  model: ModelSettings;
  workspace: Workspace;
}

/** Reads the workspace, and builds and synthesizes every stack for this machine. Problems go to the reporter. */
export async function readLocalSources(root: string, reporter: StartReporter): Promise<LocalSources> {
  const workspace = await readWorkspace(root);
  for (const line of workspace.duplicates) reporter.problem(line);
  const model = await localModel(await readConfig(root));
  const synthesis = await synthesize({ workspace, stage: localStage, set: { model } });
  reporter.synthesized(synthesis);
  const broken = synthesis.stacks.filter(({ problems }) => problems.length > 0);
  return {
    assemblies: synthesis.stacks.map(({ folder }) => folder),
    broken: broken.map(({ folder }) => folder),
    model,
    workspace,
  };
}

/** A copied folder, or another dependency, needs pnpm's links before it can be built. */
export async function installIfNeeded(root: string, changed: readonly string[]): Promise<void> {
  if (!changed.some((path) => basename(path) === 'package.json')) return;
  await execa('pnpm', ['install', '--no-frozen-lockfile', '--prefer-offline'], {
    cwd: root,
    preferLocal: true,
    localDir: root,
  });
}

export function folderOf({ packages }: Workspace, name: string): string {
  const found = packages.find((each) => each.name === name);
  if (found) return found.folder;
  throw new Error(`No package of the workspace is called "${name}", as a container's label says.`);
}

export function dataFolder(root: string): string {
  return join(root, '.parley');
}
