export type CloudTestErrorCode =
  | 'python-missing'
  | 'emulator-not-installed'
  | 'emulator-not-started'
  | 'command-failed'
  | 'expectation-failed';

/** Something test:cloud needs is missing, or what it checks does not hold. */
export class CloudTestError extends Error {
  readonly code: CloudTestErrorCode;

  constructor(code: CloudTestErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CloudTestError';
    this.code = code;
  }
}

/** Throws unless the condition holds. */
export function expectThat(condition: boolean, message: string): asserts condition {
  if (!condition) throw new CloudTestError('expectation-failed', message);
}
