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

/** The work did not end in the time that the function has. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';

  constructor() {
    super(
      'the registrar ran out of time, most likely because the catalog table did not answer: deploy again',
    );
  }
}
