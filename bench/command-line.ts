/** What a bench was asked for; undefined after `--help`, or what was wrong, has been said. */
export function optionsOrUsage<O extends { isHelp: boolean }>(
  read: (args: readonly string[]) => O,
  usage: string,
): O | undefined {
  try {
    const options = read(process.argv.slice(2));
    if (!options.isHelp) return options;
    process.stdout.write(usage);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}.\n\n${usage}`);
    process.exitCode = 2;
  }
  return undefined;
}

/** @throws Error that names the option when its text is no whole number from `low` to `high` */
export function wholeNumber(option: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= low && value <= high) return value;
  throw new Error(`--${option} has "${text}"; expected a whole number from ${low} to ${high}`);
}

/** Says on stderr what a bench is at, so that stdout has its figures alone. */
export function progress(text: string): void {
  process.stderr.write(`${text} …\n`);
}
