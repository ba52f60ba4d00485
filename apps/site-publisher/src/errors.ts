import { formatProblems, type Problem } from '@parley/contract/issues';

/** The site cannot be published as it is. The message has a line per problem. */
export class PublicationRefusedError extends Error {
  override readonly name = 'PublicationRefusedError';

  constructor(problems: readonly Problem[]) {
    super(formatProblems(problems));
  }
}
