import { execa } from 'execa';
import { ImageError, type ImageErrorCode } from '../errors.ts';

const printedMax = 3000;

export interface CommandOptions {
  input?: string;
  env?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/** Runs a builder's command. Throws with its output, under `failure`. */
export async function command(
  failure: ImageErrorCode,
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<void> {
  const said = await attempt(program, args, options);
  options.signal?.throwIfAborted();
  if (said === undefined) return;
  throw new ImageError(failure, `${program} ${args[0]} failed:\n${said.slice(-printedMax)}`);
}

/** Runs a command to see whether it works: undefined when it does, else the last of what it said. */
export async function attempt(
  program: string,
  args: readonly string[],
  { input, env = {}, signal }: CommandOptions = {},
): Promise<string | undefined> {
  const result = await execa(program, args, {
    // Git's and BuildKit's convention: whatever gets a time gets this one.
    env: { SOURCE_DATE_EPOCH: '0', ...env },
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    ...(signal ? { cancelSignal: signal } : {}),
    all: true,
    reject: false,
  });
  if (result.exitCode === 0) return undefined;
  if (result.code === 'ENOENT') return 'it is not installed';
  return result.all?.trim() || result.shortMessage || `it ended with code ${result.exitCode}`;
}

/** The last line of what a command said: its complaint. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
