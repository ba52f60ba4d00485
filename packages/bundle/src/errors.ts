/** What is wrong with the sources, one readable line per problem. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.problems = problems;
  }
}
