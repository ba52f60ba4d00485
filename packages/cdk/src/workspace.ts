import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { id as idSchema } from '@parley/contract/id';
import { z } from 'zod';
import { SynthProblemsError, type SynthProblem } from './errors.ts';
import { readJson } from './json-file.ts';

/** The package that holds one stack. */
export interface StackPackage {
  /** Absolute folder of the package. */
  folder: string;
  /** Absolute folder of the workspace. */
  root: string;
  /** Unscoped package name: names the stack, and the chat app in it. */
  id: string;
  description: string | undefined;
  /** What is wrong with its package.json, to be reported with everything else. */
  problems: SynthProblem[];
}

const manifest = z.looseObject({ name: z.string(), description: z.string().optional() });

/**
 * The package whose `stack.ts` this is.
 * @throws SynthProblemsError when package.json does not name it as it should, or no workspace holds it
 */
export function stackPackageOf(meta: Pick<ImportMeta, 'url'>): StackPackage {
  const folder = dirname(fileURLToPath(meta.url));
  const root = workspaceRoot(folder);
  const path = join(folder, 'package.json');
  const parsed = manifest.safeParse(readJson(path));
  if (!parsed.success) throw packageProblem('name', 'expected JSON with a name, beside stack.ts');
  const id = idSchema.safeParse(parsed.data.name.replace(/^@[^/]*\//, ''));
  const problems = (id.error?.issues ?? []).map(({ message }) => ({
    file: 'package.json',
    field: 'name',
    message: `${message}, got "${parsed.data.name}"`,
  }));
  return { folder, root, id: id.data ?? 'unnamed', description: parsed.data.description, problems };
}

/** Absolute folder of a workspace package that the package in `folder` depends on. */
export function dependencyFolder(folder: string, name: string): string {
  const link = join(folder, 'node_modules', name);
  if (existsSync(link)) return realpathSync(link);
  throw packageProblem('dependencies', `expected "${name}" among them; add it and install`);
}

/** Feature flags: `context` of the cdk.json at the workspace's root, the only place that has any. */
export function featureFlags(root: string): Record<string, unknown> {
  const parsed = z
    .looseObject({ context: z.record(z.string(), z.unknown()) })
    .safeParse(readJson(join(root, 'cdk.json')));
  if (!parsed.success) throw problem('cdk.json', 'context', 'expected JSON with an object of feature flags');
  return parsed.data.context;
}

function workspaceRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return folder;
    if (folder === dirname(folder))
      throw problem(
        'stack.ts',
        '',
        `no pnpm-workspace.yaml above ${from}; expected a folder of the workspace`,
      );
  }
}

function packageProblem(field: string, message: string): SynthProblemsError {
  return problem('package.json', field, message);
}

function problem(file: string, field: string, message: string): SynthProblemsError {
  const problems: SynthProblem[] = [{ file, field, message }];
  return new SynthProblemsError(problems);
}
