import { APICallError } from '@ai-sdk/provider';
import { ContextWindowOverflowError, ModelThrottledError } from '@strands-agents/sdk';
import { errorText, RunError } from './errors.ts';

/** HTTP statuses with which servers ask to be called again later: 429, 503, and Anthropic's 529. */
const busyStatuses = new Set([429, 503, 529]);

/** A model call that may be tried again, and how long the server asked to wait. */
export interface BusyFault {
  status: number;
  retryAfterSeconds?: number;
}

/** The fault as "busy, try later", or undefined for any other. */
export function busyFault(error: unknown): BusyFault | undefined {
  const call = apiCallError(error);
  if (call?.statusCode !== undefined && busyStatuses.has(call.statusCode)) {
    const retryAfterSeconds = retryAfter(call.responseHeaders?.['retry-after']);
    return { status: call.statusCode, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  }
  return error instanceof ModelThrottledError ? { status: 429 } : undefined;
}

/** Seconds of a Retry-After header: a number, or an HTTP date; undefined when it is neither. */
export function retryAfter(header: string | undefined, now = Date.now()): number | undefined {
  if (!header) return undefined;
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1_000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/** Whatever a model call threw, as the typed reason for which the run fails. */
export function modelRunError(error: unknown): RunError {
  const typed = findCause(error, (each) => each instanceof RunError);
  if (typed) return typed;
  const busy = busyFault(error);
  if (busy) return busyRunError(busy, error);
  if (error instanceof ContextWindowOverflowError) {
    return new RunError(
      'context-overflow',
      'This conversation is longer than the model can read. Start a new one, or ask again in an earlier message.',
      { cause: error },
    );
  }
  const call = apiCallError(error);
  return call ? callRunError(call) : failed(`The model failed: ${errorText(error, 300)}`, error);
}

export function busyRunError({ status, retryAfterSeconds }: BusyFault, cause: unknown): RunError {
  const when = retryAfterSeconds === undefined ? 'in a while' : `in ${Math.ceil(retryAfterSeconds)} seconds`;
  return status === 503
    ? new RunError('model-unavailable', `The model's server is not ready (status 503). Try again ${when}.`, {
        cause,
      })
    : new RunError('throttled', `The model is too busy to answer (status ${status}). Try again ${when}.`, {
        cause,
      });
}

function callRunError(call: APICallError): RunError {
  const { statusCode: status, url } = call;
  if (status === undefined || status >= 500) {
    const reason = status === undefined ? networkReason(call) : `status ${status}`;
    return new RunError(
      'model-unavailable',
      `The model's server at ${origin(url)} could not answer (${reason}). Check that it runs, then try again.`,
      { cause: call },
    );
  }
  if (status === 401 || status === 403) {
    return failed(
      `The model's server refused our key (status ${status}). Its operator must set a valid one.`,
      call,
    );
  }
  if (status === 404) {
    return failed(
      `The model's server does not know this model or address (status 404): ${errorText(call, 200)}`,
      call,
    );
  }
  return failed(`The model's server refused the request (status ${status}): ${errorText(call, 300)}`, call);
}

function failed(message: string, cause: unknown): RunError {
  return new RunError('model-failed', message, { cause });
}

function networkReason(call: APICallError): string {
  const coded = findCause(
    call,
    (each) => each instanceof Error && 'code' in each && typeof each.code === 'string',
  );
  return coded ? String((coded as Error & { code: string }).code) : errorText(call, 200);
}

/** Only the origin: a base URL may carry a key in its path or query. */
function origin(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'its address';
}

function apiCallError(error: unknown): APICallError | undefined {
  return findCause(error, (each) => APICallError.isInstance(each));
}

function findCause<T>(error: unknown, matches: (each: unknown) => each is T): T | undefined;
function findCause(error: unknown, matches: (each: unknown) => boolean): unknown;
function findCause(error: unknown, matches: (each: unknown) => boolean): unknown {
  let at = error;
  for (let depth = 0; at !== undefined && at !== null && depth < 8; depth += 1) {
    if (matches(at)) return at;
    if (at instanceof AggregateError && at.errors.some(matches)) return at.errors.find(matches);
    at = (at as { cause?: unknown }).cause;
  }
  return undefined;
}
