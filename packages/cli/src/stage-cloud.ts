import type { Cloud } from '@parley/deploy/cloud';
import { type Prefix, prefixOf } from '@parley/contract/names';
import { readSettings } from './deploy/plan-input.ts';
import type { SetOptions } from './stage-options.ts';
import { type Workspace, readWorkspace, workspaceRoot } from './workspace.ts';

/** A stage in AWS, for commands that look at what is deployed and synthesize nothing. */
export interface StageCloud {
  workspace: Workspace;
  /** Names of the workspace's stacks. */
  stacks: string[];
  stage: string;
  prefix: Prefix;
  cloud: Cloud;
}

/** Where a stage is, as parley.config.ts says. */
export async function stageCloud(stage: string, set: SetOptions): Promise<StageCloud> {
  const workspace = await readWorkspace(workspaceRoot(process.cwd()));
  const note = (line: string): void => void process.stderr.write(`  (${line})\n`);
  const [{ project, region }, { connect }] = await Promise.all([
    readSettings(workspace, { stage, set, note }),
    import('@parley/deploy/cloud'),
  ]);
  return {
    workspace,
    stacks: workspace.packages.flatMap(({ stack }) => stack ?? []),
    stage,
    prefix: prefixOf(project, stage),
    cloud: connect({ region }),
  };
}
