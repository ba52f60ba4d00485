import type { FoundStage } from '@parley/deploy/stages';
import { explain } from '@parley/deploy/errors';
import { prefixOf } from '@parley/contract/names';
import { localStage } from '../local/local-sources.ts';
import { readWorkspace, workspaceRoot, type Workspace } from '../workspace.ts';

/** A stage of parley.config.ts, of AWS, or of both. */
export interface KnownStage {
  stage: string;
  region: string;
  /** Account that parley.config.ts asks for. */
  account: string | undefined;
  isConfigured: boolean;
  /** What there is of it; undefined when it was not looked for, `why` saying why. */
  found: FoundStage | undefined;
  why?: string;
}

export interface KnownStages {
  workspace: Workspace;
  project: string;
  stages: KnownStage[];
}

/**
 * Every stage that is known: those of parley.config.ts, and what stands in their regions and in `others`.
 * @throws DeployError when AWS cannot be asked
 */
export async function knownStages(
  note: (line: string) => void,
  others: readonly string[] = [],
): Promise<KnownStages> {
  const workspace = await readWorkspace(workspaceRoot(process.cwd()));
  const { project, configured, defaults } = await readStages(workspace.root);
  const [{ connect }, { findStages }] = await Promise.all([
    import('@parley/deploy/cloud'),
    import('@parley/deploy/stages'),
  ]);
  const regions = new Set([...[defaults, ...configured].map(({ region }) => region), ...others]);
  const look = async () => ({
    account: await connect({ region: defaults.region }).account(),
    found: await Promise.all(
      [...regions].map(async (region) => findStages(connect({ region }), project, note)),
    ),
  });
  const { account, found: byRegion } = await look().catch((error: unknown) => Promise.reject(explain(error)));
  const found = byRegion.flat();
  const named = configured.map((each): KnownStage => {
    if (each.account !== undefined && each.account !== account) {
      const why = `account ${each.account}, and the credentials are of ${account}`;
      return { ...each, isConfigured: true, found: undefined, why };
    }
    const here = found.find(({ stage, region }) => stage === each.stage && region === each.region);
    return { ...each, isConfigured: true, found: here ?? nothing(project, each) };
  });
  const unnamed = found
    .filter(
      ({ stage, region }) =>
        !named.some((each) => each.found && each.stage === stage && each.region === region),
    )
    .map((each): KnownStage => ({ ...each, account: undefined, isConfigured: false, found: each }));
  return { workspace, project, stages: [...named, ...unnamed] };
}

function nothing(project: string, { stage, region }: { stage: string; region: string }): FoundStage {
  return { stage, region, prefix: prefixOf(project, stage), stacks: [], parameters: 0, left: [] };
}

async function readStages(root: string) {
  const [{ projectOf, settingsOf }, { readConfig }] = await Promise.all([
    import('@parley/cdk/config'),
    import('@parley/cdk/config-file'),
  ]);
  const config = await readConfig(root);
  const { stages = {} } = config as { stages?: Record<string, unknown> };
  const of = (stage: string) => {
    const { region, account } = settingsOf(config, stage);
    return { stage, region, account };
  };
  const names = Object.keys(stages).filter((stage) => stage !== localStage);
  // Any name that is not in the file has the defaults.
  return { project: projectOf(config), configured: names.map(of), defaults: of('-') };
}
