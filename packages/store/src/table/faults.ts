import { StoreUnavailableError } from '../errors.ts';

/** What a call of the table resolves to. What came in its way, but may not the next time, is `unavailable`. */
export async function answered<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw mayHaveHappened(error) ? new StoreUnavailableError(error) : error;
  }
}

/**
 * True for an error after which a write may have happened, or may still happen, and the same
 * request may succeed: time-outs, broken connections, throttling, the service's own failures.
 * False for a request that the service read and refused, and for errors of ours.
 */
export function mayHaveHappened(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof StoreUnavailableError) return true;
  const { $fault, $retryable, code } = error as { $fault?: string; $retryable?: object; code?: string };
  if ($fault === 'client') return $retryable !== undefined || retriableNames.has(error.name);
  return $fault === 'server' || transportNames.has(error.name) || transportCodes.has(code ?? '');
}

const retriableNames = new Set([
  'InternalServerError',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ReplicatedWriteConflictException',
  'ServiceUnavailable',
  'ThrottlingException',
]);
const transportNames = new Set(['TimeoutError', 'AbortError', 'RequestTimeout', 'NetworkingError']);
const transportCodes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'EHOSTUNREACH',
]);
