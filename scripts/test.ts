/** The whole test suite: `pnpm test [vitest argument…]`. Builds and synthesizes first, as tests read what ships. */
import { spawnSync } from 'node:child_process';

if (process.argv.includes('--help')) {
  process.stdout.write(
    'usage: pnpm test [file…] [vitest option…]   builds, then runs the tests whose path matches\n',
  );
  process.exit(0);
}

function run(command: string, args: string[], env: Record<string, string> = {}): void {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) process.exit(status ?? 1);
}

run('turbo', ['run', 'build', '--output-logs=errors-only'], { TURBO_TELEMETRY_DISABLED: '1' });
run('vitest', ['run', ...process.argv.slice(2)]);
