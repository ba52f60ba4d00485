/** A cloud assembly or template that cannot be read or evaluated. The message says what to mend. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly code = 'template';
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
