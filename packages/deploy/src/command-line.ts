/** Settings of one run that win over parley.config.ts, by key, as they were typed after `--set`. */
export type SetOptions = Readonly<Record<string, string>>;

/** What a command is told of the stage that it is about. */
export interface StageArguments {
  stage: string;
  /** @default none */
  set?: SetOptions | undefined;
}

/**
 * A command as it can be typed in the workspace, about the same stage with the same settings:
 * `pnpm run deploy weather --stage dev --set region=eu-central-1`.
 */
export function commandLine(words: string, { stage, set }: StageArguments): string {
  return [`pnpm run ${words} --stage ${stage}`, ...setFlags(set)].join(' ');
}

/** `--set <key>=<value>` of each, quoted for a shell where it has to be. */
export function setFlags(set: SetOptions = {}): string[] {
  return Object.entries(set).map(([key, value]) => `--set ${quoted(`${key}=${value}`)}`);
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
