import type { RunErrorCode } from '@parley/contract/run';

/** Why a run failed: a code for programs, and a message the user can read. */
export class RunError extends Error {
  override readonly name = 'RunError';
  readonly code: RunErrorCode;
  /** In how many seconds another try is of use, where that is known. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: RunErrorCode,
    message: string,
    { retryAfterSeconds, ...options }: { cause?: unknown; retryAfterSeconds?: number | undefined } = {},
  ) {
    super(message, options);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export type ToolErrorCode =
  | 'invalid-input'
  | 'tool-failed'
  | 'tool-timed-out'
  | 'tool-output-too-large'
  | 'tool-unavailable'
  /** By the user, who was asked to approve it. */
  | 'declined';

/** Why a tool gave no result; both the user and the model are shown the message. */
export interface ToolFailure {
  code: ToolErrorCode;
  message: string;
}

/** An error's own words, without its stack, cut to `max` characters. */
export function errorText(error: unknown, max = 1_000): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > max ? `${text.slice(0, max - 1)}…` : text;
}
