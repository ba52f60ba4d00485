import { emulatedAws, region } from './env.ts';
import { expectThat } from './errors.ts';
import type { Scenario } from './scenario.ts';

/** What came of one `parley` command. */
export interface CommandResult {
  exitCode: number | undefined;
  stdout: string;
  all: string;
}

/** Runs `parley` as a user would, in the copy of the workspace, against the emulated cloud. */
export async function parley(
  { workspace, endpoint, stage }: Pick<Scenario, 'workspace' | 'endpoint' | 'stage'>,
  ...args: string[]
): Promise<CommandResult> {
  return workspace.run(
    'node',
    ['packages/cli/src/main.ts', ...args, '--stage', stage, '--set', `region=${region}`],
    {
      env: { ...workspace.env, ...emulatedAws(endpoint) },
    },
  );
}

/** As `parley`, for a command that must succeed and prints one JSON object. */
export async function parleyJson<T>(scenario: Parameters<typeof parley>[0], ...args: string[]): Promise<T> {
  const { exitCode, stdout, all } = await parley(scenario, ...args, '--json');
  expectThat(exitCode === 0, `parley ${args.join(' ')} ended with ${exitCode}:\n${all}`);
  return JSON.parse(stdout) as T;
}
