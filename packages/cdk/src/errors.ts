/** One thing wrong with an input of synth: in which file, at which field, and what was expected. */
export interface SynthProblem {
  /** File below the stack's folder or the root, or the name of an environment variable. */
  file: string;
  /** Empty for the file as a whole. */
  field: string;
  message: string;
}

/** One readable line: `prompt.md: agent.instructions: the file is missing; …`. */
export function problemLine({ file, field, message }: SynthProblem): string {
  return [file, field, message].filter((part) => part !== '').join(': ');
}

/** Everything that is wrong with the input of a synth, all at once. */
export class SynthProblemsError extends Error {
  override readonly name = 'SynthProblemsError';
  readonly code = 'synth-problems';
  readonly problems: readonly SynthProblem[];

  constructor(problems: readonly SynthProblem[], options?: ErrorOptions) {
    super(problems.map(problemLine).join('\n'), options);
    this.problems = problems;
  }
}
