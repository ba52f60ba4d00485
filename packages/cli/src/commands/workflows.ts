import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { UserError } from '../errors.ts';
import { type GeneratedWorkflow, generatedWorkflows } from '../workflows/generated-workflows.ts';
import { type Workspace, readWorkspace, workspaceRoot } from '../workspace.ts';

interface WorkflowsOptions {
  check?: boolean;
  json?: boolean;
}

/** `parley workflows`: a workflow per stack, from the dependency graph. */
export function workflowsCommand(): Command {
  return new Command('workflows')
    .description('write a GitHub workflow per stack, and remove those of stacks that are gone')
    .option('--check', 'write nothing; fail when a workflow is not what the workspace gives')
    .option('--json', 'print one JSON object, for programs')
    .action(workflows);
}

async function workflows({ check = false, json = false }: WorkflowsOptions): Promise<void> {
  const workspace = await readWorkspace(workspaceRoot(process.cwd()));
  for (const line of workspace.duplicates) process.stderr.write(`  (${line})\n`);
  const all = await generatedWorkflows(workspace);
  const stale = all.filter(({ state }) => state !== 'current');
  if (!check) for (const each of stale) await bringUpToDate(each, workspace);
  if (json) process.stdout.write(`${JSON.stringify({ workflows: all.map(toJson), written: !check })}\n`);
  else if (!check || stale.length === 0) process.stdout.write(`${summary(all, stale).join('\n')}\n`);
  if (check && stale.length > 0) throw new UserError(drift(stale));
}

async function bringUpToDate({ file, text }: GeneratedWorkflow, { root }: Workspace): Promise<void> {
  const path = join(root, file);
  if (text === undefined) return rm(path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

function toJson({ stack, file, state }: GeneratedWorkflow) {
  return { stack, file, state };
}

function summary(all: readonly GeneratedWorkflow[], stale: readonly GeneratedWorkflow[]): string[] {
  const lines = stale.map(({ file, text }) => (text === undefined ? `removed ${file}` : `wrote ${file}`));
  return [...lines, `${all.length - stale.length} of ${all.length} were up to date`];
}

function drift(stale: readonly GeneratedWorkflow[]): string {
  const lines = stale.map((each) => `  ${each.file} ${fault(each)}`);
  return [
    'These workflows are not what the workspace gives:',
    ...lines,
    'Run `pnpm run workflows` and commit what it writes.',
  ].join('\n');
}

function fault({ stack, state }: GeneratedWorkflow): string {
  if (state === 'missing') return `is missing: stack ${stack} has no workflow`;
  if (state === 'left') return 'belongs to no stack any more';
  return `differs: it was edited, or what stack ${stack} depends on changed`;
}
