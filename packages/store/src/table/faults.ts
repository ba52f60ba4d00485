/**
 * True for an error after which a write may have happened, or may still happen, and the same
 * request may succeed: time-outs, broken connections, throttling, the service's own failures.
 * False for a request that the service read and refused, and for errors of ours.
 */
export function mayHaveHappened(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
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
