import { formatProblems, type Problem } from '@parley/contract/issues';

/** The registration cannot be accepted as it is. The message has a line per problem: field, value got, mend. */
export class RegistrationRefusedError extends Error {
  override readonly name = 'RegistrationRefusedError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(formatProblems(problems));
    this.problems = problems;
  }
}
