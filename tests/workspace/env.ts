import { delimiter, dirname, join } from 'node:path';

/**
 * The environment of a user in the folder `root`, where the workspace at `source` was copied to: the programs
 * are those of the copy, and nothing is left of the test runner, of an outer pnpm or turbo, of AWS or of CI.
 */
export function userEnvironment(source: string, root: string): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      !/^(npm_|pnpm_|VITEST|NODE_|TURBO|PARLEY_|AWS_|INIT_CWD$|CI$|CONTINUOUS_|BUILD_|GITHUB_)/i.test(
        entry[0],
      ),
  );
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((each) => !each.startsWith(source));
  return {
    ...Object.fromEntries(kept),
    PATH: [join(root, 'node_modules/.bin'), dirname(process.execPath), ...path].join(delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
  };
}
