/** The work did not end in the time that the function has. The message says what to do. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}
