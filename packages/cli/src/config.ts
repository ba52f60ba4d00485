import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectOf } from '@parley/cdk/config';
import { prefixOf } from '@parley/contract/names';

/** The workspace's parley.config.ts, as it stands now. */
export interface WorkspaceConfig {
  project: string;
  stages: Record<string, Record<string, unknown>>;
}

/** Reads and checks parley.config.ts. Throws with a line per problem. */
export async function readConfig(root: string): Promise<WorkspaceConfig> {
  const { config } = (await import(pathToFileURL(join(root, 'parley.config.ts')).href)) as {
    config: { stages: Record<string, Record<string, unknown>> };
  };
  return { project: projectOf(config), stages: config.stages };
}

export function prefixIn({ project }: WorkspaceConfig, stage: string): string {
  return prefixOf(project, stage);
}
