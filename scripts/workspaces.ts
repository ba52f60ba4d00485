import { glob, readFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { owningWorkspace } from './boundary-check.ts';
import type { Workspace } from './boundary-check.ts';

/** Where pnpm-workspace.yaml looks; `.` is the repository's root itself. */
const MANIFESTS = ['package.json', '{bench,tests}/package.json', '{apps,packages,stacks}/**/package.json'];
const SOURCES = '{apps,packages,stacks,scripts,tests,bench}/**/*.{ts,tsx}';
const NOT_OURS = /(^|\/)(node_modules|dist|cdk\.out|\.parley|\.turbo)(\/|$)/;

/** Reads every workspace package below the root with the text of its sources. */
export async function readWorkspaces(root: URL): Promise<Workspace[]> {
  const base = fileURLToPath(root);
  const manifests = await found(base, MANIFESTS);
  const workspaces = await Promise.all(manifests.map(async (path) => readManifest(base, path)));
  for (const path of await found(base, [SOURCES, '*.ts'])) {
    const text = await readFile(join(base, path), 'utf8');
    owningWorkspace(path, workspaces)?.sources.push({ path, text });
  }
  return workspaces;
}

async function found(base: string, patterns: string[]): Promise<string[]> {
  const paths: string[] = [];
  const entries = glob(patterns, { cwd: base, exclude: (path) => NOT_OURS.test(path.split(sep).join('/')) });
  for await (const path of entries) paths.push(path.split(sep).join('/'));
  return paths.toSorted();
}

async function readManifest(base: string, path: string): Promise<Workspace> {
  const manifest = JSON.parse(await readFile(join(base, path), 'utf8')) as Manifest;
  return {
    name: manifest.name,
    folder: dirname(path),
    dependencies: Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }),
    devDependencies: Object.keys(manifest.devDependencies ?? {}),
    sources: [],
  };
}

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}
