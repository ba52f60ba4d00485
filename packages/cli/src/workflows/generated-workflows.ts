import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { declaredGraph } from '@parley/deploy/graph';
import type { Workspace } from '../workspace.ts';
import { generatedLine, stackWorkflow } from './stack-workflow.ts';
import {
  nameEnding,
  refuseBadNames,
  refuseEqualNames,
  workflowFile,
  workflowFolder,
} from './workflow-name.ts';

/** A generated workflow as the workspace gives it, next to the file that is there. */
export interface GeneratedWorkflow {
  /** Undefined for a file that no stack gives any more. */
  stack: string | undefined;
  /** Below the root. */
  file: string;
  state: 'current' | 'missing' | 'different' | 'left';
  /** What it should hold; undefined for a file that should go. */
  text: string | undefined;
}

/** Every workflow that the workspace gives, and every generated one that it gives no more, by file. */
export async function generatedWorkflows(workspace: Workspace): Promise<GeneratedWorkflow[]> {
  const { needs } = declaredGraph(workspace.root, workspace.packages);
  refuseBadNames([...needs.keys()]);
  refuseEqualNames([...needs.keys()]);
  const found = await generatedFiles(workspace.root);
  const given = [...needs].map(([stack, before]): GeneratedWorkflow => {
    const file = workflowFile(stack);
    const text = stackWorkflow(stack, before, workspace);
    return { stack, file, text, state: stateOf(text, found.get(file)) };
  });
  const files = new Set(given.map(({ file }) => file));
  const left = [...found]
    .filter(([file, text]) => !files.has(file) && text.startsWith(`#${generatedLine}`))
    .map(([file]): GeneratedWorkflow => ({ stack: undefined, file, text: undefined, state: 'left' }));
  return [...given, ...left].toSorted((a, b) => (a.file < b.file ? -1 : 1));
}

function stateOf(text: string, found: string | undefined): GeneratedWorkflow['state'] {
  if (found === undefined) return 'missing';
  return found === text ? 'current' : 'different';
}

/** Text of each file that is named as a generated workflow, by its path below the root. */
async function generatedFiles(root: string): Promise<Map<string, string>> {
  const names = await readdir(join(root, workflowFolder)).catch(() => []);
  const files = names
    .filter((name) => name.endsWith(`${nameEnding}.yml`))
    .map((name) => `${workflowFolder}/${name}`);
  return new Map(
    await Promise.all(files.map(async (file) => [file, await readFile(join(root, file), 'utf8')] as const)),
  );
}
