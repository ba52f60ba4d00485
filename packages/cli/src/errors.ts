/** Something the user can mend. Its message is all they see: what was wrong and what to do next. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
