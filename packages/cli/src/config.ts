import { projectOf } from '@parley/cdk/config';
import { readConfig as readConfigFile } from '@parley/cdk/config-file';

/** The workspace's parley.config.ts, as it stands now. */
export interface WorkspaceConfig {
  project: string;
  stages: Record<string, Record<string, unknown>>;
}

/** Reads and checks parley.config.ts. Throws with a line per problem. */
export async function readConfig(root: string): Promise<WorkspaceConfig> {
  const config = await readConfigFile(root);
  const project = projectOf(config); // checks the whole of it
  const { stages } = config as Pick<WorkspaceConfig, 'stages'>;
  return { project, stages };
}
