/** What the API refused or could not do; the message says what to do next. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** How long the server asks to wait before the next try, where it does. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: string,
    message: string,
    status: number,
    { retryAfterSeconds, ...options }: ErrorOptions & { retryAfterSeconds?: number | undefined } = {},
  ) {
    super(message, options);
    this.retryAfterSeconds = retryAfterSeconds;
    this.code = code;
    this.status = status;
  }

  /** True when the same request may well succeed a little later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The error that an answer other than 2xx stands for. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const { code, message } = detail(body);
  return new ApiError(code ?? 'unexpected', message ?? sentenceFor(response.status), response.status, {
    retryAfterSeconds: retryAfter(response.headers.get('retry-after')),
  });
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError('offline', 'The server cannot be reached. Check your connection, then try again.', 0, {
    cause: error,
  });
}

/** A number of seconds; our services name no dates. */
function retryAfter(header: string | null): number | undefined {
  const seconds = Number(header?.trim() || Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

function detail(body: unknown): { code?: string; message?: string } {
  if (typeof body !== 'object' || body === null || !('error' in body)) return {};
  const { error } = body;
  if (typeof error !== 'object' || error === null) return {};
  return {
    ...('code' in error && typeof error.code === 'string' && { code: error.code }),
    ...('message' in error && typeof error.message === 'string' && { message: error.message }),
  };
}

function sentenceFor(status: number): string {
  if (status === 401) return 'You are signed out. Sign in again to go on.';
  if (status === 429) return 'Too many requests at once. Wait a moment, then try again.';
  if (status >= 500) return 'The server has a problem. Try again in a moment.';
  return `The server answered ${status}. Reload the page; if it stays, tell whoever runs this site.`;
}
