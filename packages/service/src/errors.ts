import { errorStatus, type ErrorBody, type ErrorCode } from '@parley/contract/http-error';

/** Where an error points, and what else a client should know. */
export interface HttpErrorOptions extends ErrorOptions {
  /** The field, parameter or header that is wrong. */
  field?: string;
  /** Response headers, such as `www-authenticate`. */
  headers?: Record<string, string>;
}

/**
 * An error a client is meant to read. `message` says what was wrong, the value got, what was
 * expected and what to do next.
 */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly headers: Record<string, string>;

  constructor(code: ErrorCode, message: string, { field, headers = {}, ...options }: HttpErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.field = field;
    this.headers = headers;
  }
}

/** An error as it goes over the wire. */
export interface HttpProblem {
  status: number;
  headers: Record<string, string>;
  body: ErrorBody;
  /** True when the client learns nothing but the request id: the log must hold the rest. */
  unexpected: boolean;
}

/**
 * The one mapping from errors to HTTP. An `Error` of any package whose `code` is one of the contract's
 * error codes (`not-found`, `conflict`, …) is meant for the client and is shown with its message and
 * `field`; everything else is 500 with the request id and no detail.
 */
export function toHttpProblem(error: unknown, requestId: string): HttpProblem {
  if (!isForClients(error)) return unexpectedProblem(requestId);
  const { code, message, field, headers = {} } = error;
  return {
    status: errorStatus[code],
    headers,
    body: { error: { code, message, ...(field ? { field } : {}), requestId } },
    unexpected: false,
  };
}

function unexpectedProblem(requestId: string): HttpProblem {
  const message = `Something went wrong on our side. Try again; if it stays so, report request ${requestId}.`;
  return {
    status: errorStatus.internal,
    headers: {},
    body: { error: { code: 'internal', message, requestId } },
    unexpected: true,
  };
}

type ClientError = Error & { code: ErrorCode; field?: string; headers?: Record<string, string> };

function isForClients(error: unknown): error is ClientError {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  return error.code !== 'internal' && Object.hasOwn(errorStatus, error.code);
}
