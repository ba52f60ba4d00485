import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { configFile } from './config.ts';
import { SynthProblemsError } from './errors.ts';

/** Content of `parley.config.ts` at the workspace's root, as it stands now; not yet checked. */
export async function readConfig(root: string): Promise<unknown> {
  const file = join(root, configFile);
  const { mtimeMs } = await stat(file);
  // Node keeps what it has imported; the query makes another module of an edited file.
  const module: unknown = await import(`${pathToFileURL(file).href}?edited=${mtimeMs}`);
  const { config } = module as { config?: unknown };
  if (config !== undefined) return config;
  const message = 'expected `export const config = defineConfig({ … })`';
  throw new SynthProblemsError([{ file: configFile, field: '', message }]);
}
