import type { Cloud } from '@parley/deploy/cloud';
import { type Prefix, prefixOf } from '@parley/contract/names';
import { readSettings } from './deploy/plan-input.ts';
import type { SetOptions } from '@parley/deploy/command-line';
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

/**
 * Where a stage is, as parley.config.ts says.
 * @throws DeployError when the credentials are of another account than the stage's
 */
export async function stageCloud(
  stage: string,
  set: SetOptions,
  note: (line: string) => void = (line) => void process.stderr.write(`  (${line})\n`),
): Promise<StageCloud> {
  const workspace = await readWorkspace(workspaceRoot(process.cwd()));
  const [{ project, region, values }, { connect }, { refuseOtherAccount }] = await Promise.all([
    readSettings(workspace, { stage, set, note }),
    import('@parley/deploy/cloud'),
    import('@parley/deploy/own-account'),
  ]);
  const cloud = connect({ region });
  await refuseOtherAccount(cloud, stage, values.account);
  return {
    workspace,
    stacks: workspace.packages.flatMap(({ stack }) => stack ?? []),
    stage,
    prefix: prefixOf(project, stage),
    cloud,
  };
}
