import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectOf } from '@parley/cdk/config';

/** The workspace's parley.config.ts, as it stands now. */
export interface WorkspaceConfig {
  project: string;
  stages: Record<string, Record<string, unknown>>;
}

/** Reads and checks parley.config.ts. Throws with a line per problem. */
export async function readConfig(root: string): Promise<WorkspaceConfig> {
  // Node keeps what it has imported; the query makes another module of an edited file.
  const file = join(root, 'parley.config.ts');
  const { mtimeMs } = await stat(file);
  const { config } = (await import(`${pathToFileURL(file).href}?edited=${mtimeMs}`)) as {
    config: { stages: Record<string, Record<string, unknown>> };
  };
  return { project: projectOf(config), stages: config.stages };
}
