import { cp, glob, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleTools } from '@parley/bundle/tools';
import type { SynthOptions } from '@parley/cdk/parley-app';
import { loadApp } from '@parley/cdk/testing';

/** The repository this test is in. */
export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

export interface Resource {
  Type: string;
  DependsOn?: string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  Properties: Record<string, unknown>;
}

export interface StackTemplate {
  Description?: string;
  Parameters?: Record<string, { Type: string; Default?: string }>;
  Resources: Record<string, Resource>;
  Outputs?: Record<string, unknown>;
}

/** One synthesized stack. */
export interface SynthesizedStack {
  /** Name of its package, such as `registry`. */
  name: string;
  stackName: string;
  outdir: string;
  template: StackTemplate;
}

/** A copy of all stacks, whose functions' code is built or stood in for. */
export interface StacksWorkspace {
  root: string;
  /** Folders of the stacks, below the root. */
  stacks: string[];
  /** Synthesizes every stack in this process; each into a folder of its own. */
  synthAll(options: Omit<SynthOptions, 'outdir'>): Promise<SynthesizedStack[]>;
  remove(): Promise<void>;
}

/**
 * Copies every stack of the repository into a temporary folder. Tools are bundled there from their
 * sources; functions, services and the site of `apps/` are stood in for, since a template holds only their hash.
 * @param copies further folders, each a copy of one that is there
 */
export async function createStacksWorkspace({
  copies = {},
}: { copies?: Record<string, string> } = {}): Promise<StacksWorkspace> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'parley stacks-')));
  for (const name of ['cdk.json', 'parley.config.ts', 'pnpm-workspace.yaml', 'package.json', 'packages']) {
    await symlink(join(repository, name), join(root, name));
  }
  await rm(join(root, 'parley.config.ts'));
  await cp(join(repository, 'parley.config.ts'), join(root, 'parley.config.ts'));
  const stacks = await stackFolders();
  for (const folder of stacks) await copyStack(root, folder, folder);
  for (const [from, to] of Object.entries(copies)) {
    await copyStack(root, from, to);
    stacks.push(to);
  }
  let runs = 0;
  return {
    root,
    stacks,
    synthAll: async (options) => {
      const outdir = join(root, `out-${runs++}`);
      const results: SynthesizedStack[] = [];
      for (const folder of stacks) results.push(await synthStack(join(root, folder), outdir, options));
      return results;
    },
    remove: () => rm(root, { recursive: true }),
  };
}

/** Folders with a `stack.ts`, relative to the repository. */
async function stackFolders(): Promise<string[]> {
  const folders: string[] = [];
  const patterns = ['stacks/*/stack.ts', 'stacks/chat-apps/*/stack.ts'];
  for await (const path of glob(patterns, { cwd: repository })) folders.push(dirname(path));
  return folders.toSorted();
}

async function copyStack(root: string, from: string, to: string): Promise<void> {
  const skipped = new Set(['node_modules', 'dist', 'cdk.out', '.turbo']);
  await cp(join(repository, from), join(root, to), {
    recursive: true,
    filter: (path) => !skipped.has(basename(path)),
  });
  await linkModules(root, from, to);
  if (existsSync(join(root, to, 'tools'))) await bundleTools(join(root, to));
}

async function linkModules(root: string, from: string, to: string): Promise<void> {
  const modules = join(repository, from, 'node_modules');
  for (const name of await readdir(modules)) {
    if (name.startsWith('.')) continue;
    const scoped = name.startsWith('@')
      ? (await readdir(join(modules, name))).map((each) => join(name, each))
      : [name];
    for (const each of scoped)
      await linkModule(root, join(modules, each), join(root, to, 'node_modules', each));
  }
}

async function linkModule(root: string, from: string, to: string): Promise<void> {
  const target = await realpath(from);
  const isApp = target.startsWith(join(repository, 'apps/'));
  await mkdir(dirname(to), { recursive: true });
  await symlink(isApp ? await standInApp(root, basename(target)) : target, to);
}

async function standInApp(root: string, name: string): Promise<string> {
  const folder = join(root, 'apps', name);
  await mkdir(join(folder, 'dist'), { recursive: true });
  const built =
    name === 'web'
      ? { 'index.html': '<!doctype html>\n', 'assets/index-abc.js': '// the page\n' }
      : { 'index.mjs': 'export const handler = async () => {};\n' };
  for (const [path, text] of Object.entries(built)) {
    await mkdir(dirname(join(folder, 'dist', path)), { recursive: true });
    await writeFile(join(folder, 'dist', path), text);
  }
  return folder;
}

async function synthStack(
  folder: string,
  outdir: string,
  options: Omit<SynthOptions, 'outdir'>,
): Promise<SynthesizedStack> {
  const name = basename(folder);
  const app = await loadApp(folder);
  const result = await app.synth({ ...options, outdir: join(outdir, name) });
  return { name, ...result, template: result.template as StackTemplate };
}

/** All resources of a type in these stacks. */
export function resourcesOf(stacks: SynthesizedStack[], type: string) {
  return stacks.flatMap(({ name, template }) =>
    Object.entries(template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([logicalId, resource]) => ({ stack: name, logicalId, ...resource })),
  );
}

/** The stack of a package. */
export function stackOf(stacks: SynthesizedStack[], name: string): SynthesizedStack {
  const found = stacks.find((stack) => stack.name === name);
  if (!found) throw new Error(`no stack "${name}" among ${stacks.map((stack) => stack.name).join(', ')}`);
  return found;
}

/** Every value below a value, with the path to it. */
export function* valuesIn(
  value: unknown,
  path: string[] = [],
): Generator<{ path: string[]; value: unknown }> {
  yield { path, value };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) yield* valuesIn(child, [...path, key]);
}
