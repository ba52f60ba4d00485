import { existsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ToolSpec } from '@parley/contract/agent';
import { formatProblems } from '@parley/contract/issues';
import { toolSpecOf } from '@parley/contract/tool';
import { bundle } from './bundle.ts';
import { BundleError } from './errors.ts';

/**
 * Builds every `tools/<name>.ts` of a chat app into `dist/<name>/{index.mjs, tool.json}` and removes
 * what was built for tools that are gone. Each bundle is loaded once, so that a missing module shows
 * here and not at the first call. Returns the names; throws `BundleError` with all tools' problems.
 */
export async function bundleTools(folder: string): Promise<string[]> {
  const names = await toolNames(folder);
  const outcomes = await Promise.allSettled(names.map((name) => bundleTool(folder, name)));
  const problems = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? problemsOf(outcome.reason) : [],
  );
  if (problems.length > 0) throw new BundleError(problems);
  await removeStale(join(folder, 'dist'), names);
  return names;
}

async function toolNames(folder: string): Promise<string[]> {
  const tools = join(folder, 'tools');
  if (!existsSync(tools)) return [];
  const files = await readdir(tools, { withFileTypes: true });
  return files
    .filter((file) => file.isFile() && file.name.endsWith('.ts') && !/\.(test|d)\.ts$/.test(file.name))
    .map((file) => parse(file.name).name)
    .sort();
}

async function bundleTool(folder: string, name: string): Promise<void> {
  const source = `tools/${name}.ts`;
  const outfile = join('dist', name, 'index.mjs');
  await bundle({
    folder,
    entry: {
      text: `
        import * as source from './${source}';
        import { toolHandler } from '@parley/contract/tool';
        export const tool = source.tool;
        export const handler = toolHandler(tool);
      `,
    },
    outfile,
  });
  const spec = await specOf(join(folder, outfile), source, name);
  await writeFile(join(folder, 'dist', name, 'tool.json'), `${JSON.stringify(spec, null, 2)}\n`);
}

async function specOf(file: string, source: string, name: string): Promise<ToolSpec> {
  const result = toolSpecOf(await loadTool(file, source));
  if ('problems' in result) {
    throw new BundleError(result.problems.map((problem) => `${source}: ${formatProblems([problem])}`));
  }
  if (result.spec.name !== name) {
    throw new BundleError([
      `${source}: name: expected "${name}", as the file is called, got "${result.spec.name}": rename one of them`,
    ]);
  }
  return result.spec;
}

/** Loads what was built. The query keeps Node from handing out an earlier build of this process. */
async function loadTool(file: string, source: string): Promise<unknown> {
  try {
    const loaded = (await import(`${pathToFileURL(file).href}?built=${Date.now()}`)) as { tool?: unknown };
    return loaded.tool;
  } catch (error) {
    throw new BundleError(
      [`${source}: cannot be loaded: ${error instanceof Error ? error.message : String(error)}`],
      {
        cause: error,
      },
    );
  }
}

async function removeStale(dist: string, names: readonly string[]): Promise<void> {
  if (!existsSync(dist)) return;
  const stale = (await readdir(dist)).filter((entry) => !names.includes(entry));
  await Promise.all(stale.map((entry) => rm(join(dist, entry), { recursive: true })));
}

function problemsOf(reason: unknown): readonly string[] {
  if (reason instanceof BundleError) return reason.problems;
  throw reason;
}
