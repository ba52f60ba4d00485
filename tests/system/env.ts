import { join } from 'node:path';

/** The environment of a user in the folder `root`: nothing of the test runner, of pnpm or of the folder `source`. */
export function cleanEnv(source: string, root: string): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(npm_|pnpm_|VITEST|NODE_|TURBO|PARLEY_)/i.test(entry[0]),
  );
  const path = (process.env['PATH'] ?? '').split(':').filter((each) => !each.startsWith(source));
  return { ...Object.fromEntries(kept), PATH: [join(root, 'node_modules/.bin'), ...path].join(':') };
}
