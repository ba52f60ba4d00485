import { APICallError } from '@ai-sdk/provider';
import { ContextWindowOverflowError, ModelThrottledError } from '@strands-agents/sdk';
import { errorText, RunError } from './errors.ts';

/** HTTP statuses with which servers ask to be called again later: 429, 503, and Anthropic's 529. */
const busyStatuses = new Set([429, 503, 529]);

/** Codes of connections that were lost before an answer: often one that was kept open for too long. */
const lostConnectionCodes = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** A model call that may be tried again, and how long the server asked to wait. */
export interface BusyFault {
  /** What the run fails with when no try succeeds. */
  code: 'throttled' | 'model-unavailable';
  /** What the server or the connection said, such as `status 429`. */
  why: string;
  retryAfterSeconds?: number;
}

/** A provider's error, once it is known that the call may be tried again. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
  readonly fault: BusyFault;

  constructor(fault: BusyFault, cause: unknown) {
    super(`busy: ${fault.why}`, { cause });
    this.fault = fault;
  }
}

/** Puts what a server asks by its status and headers into a fault; undefined when it does not ask to wait. */
export function busyStatus(
  status: number | undefined,
  retryAfterHeader?: string | null,
): BusyFault | undefined {
  if (status === undefined || !busyStatuses.has(status)) return undefined;
  const retryAfterSeconds = retryAfter(retryAfterHeader);
  return {
    code: status === 503 ? 'model-unavailable' : 'throttled',
    why: `status ${status}`,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

/** The fault as "busy, try later", or undefined for any other. */
export function busyFault(error: unknown): BusyFault | undefined {
  const known = findCause(error, (each) => each instanceof BusyError);
  if (known) return known.fault;
  const call = apiCallError(error);
  return (
    busyStatus(call?.statusCode, call?.responseHeaders?.['retry-after']) ??
    (call && call.statusCode === undefined ? lostConnection(connectionCode(call)) : undefined) ??
    (error instanceof ModelThrottledError ? busyStatus(429) : undefined)
  );
}

/**
 * A connection that failed, as what it means: lost before the answer (worth another try), never made
 * (`where` says with whom), or broken within the answer. Undefined when the error is another one.
 */
export function connectionFault(error: unknown, started: boolean, where: string): Error | undefined {
  const code = connectionCode(error);
  if (code === undefined) return undefined;
  if (started) return failed("The connection broke in the middle of the model's answer. Ask again.", error);
  const lost = lostConnection(code);
  if (lost) return new BusyError(lost, error);
  return unavailable(
    `${where} does not answer (${code}). Its operator must check the address and the network.`,
    error,
  );
}

function lostConnection(code: string | undefined): BusyFault | undefined {
  return code !== undefined && lostConnectionCodes.has(code)
    ? { code: 'model-unavailable', why: `connection lost, ${code}` }
    : undefined;
}

/** Seconds of a Retry-After header: a number, or an HTTP date; undefined when it is neither. */
export function retryAfter(header: string | null | undefined, now = Date.now()): number | undefined {
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
  if (error instanceof ContextWindowOverflowError) return contextOverflow(error);
  const call = apiCallError(error);
  return call ? callRunError(call) : failed(`The model failed: ${errorText(error, 300)}`, error);
}

/** The provider's words, if it found what it was sent too long; undefined for any other error. */
export function overflowWords(error: unknown): string | undefined {
  const found = modelRunError(error);
  if (found.code !== 'context-overflow') return undefined;
  const call = apiCallError(found) ?? apiCallError(error);
  return [errorText(found.cause ?? error), call?.responseBody ?? ''].join(' ');
}

export function busyRunError({ code, why, retryAfterSeconds }: BusyFault, cause: unknown): RunError {
  const when = retryAfterSeconds === undefined ? 'in a while' : `in ${Math.ceil(retryAfterSeconds)} seconds`;
  const what = code === 'throttled' ? 'The model is too busy to answer' : "The model's server is not ready";
  return new RunError(code, `${what} (${why}). Try again ${when}.`, { cause, retryAfterSeconds });
}

export function contextOverflow(cause?: unknown): RunError {
  return new RunError(
    'context-overflow',
    'This conversation is longer than the model can read. Compact it, edit an earlier message, or begin a new chat.',
    { cause },
  );
}

/** The model cannot be had as things are; the message says who must do what. */
export function unavailable(message: string, cause: unknown): RunError {
  return new RunError('model-unavailable', sentences(message), { cause });
}

/** Words of OpenAI, vLLM, llama.cpp and others for a conversation that is too long, in a request that was refused. */
const tooLong =
  /context_length_exceeded|exceed_context_size|maximum context length|exceeds?\b.{0,40}\bcontext (size|window|length)/i;

function callRunError(call: APICallError): RunError {
  const { statusCode: status, url } = call;
  if (status === undefined || status >= 500) {
    const reason = status === undefined ? networkReason(call) : `status ${status}`;
    return unavailable(
      `The model's server at ${origin(url)} could not answer (${reason}). Check that it runs, then try again.`,
      call,
    );
  }
  if (status === 401 || status === 403) {
    return unavailable(
      `The model's server refused our key (status ${status}). Its operator must set a valid one.`,
      call,
    );
  }
  if (status === 404) {
    return unavailable(
      `The model's server does not know this model or address (status 404): ${errorText(call, 200)}`,
      call,
    );
  }
  if (tooLong.test(`${call.message} ${call.responseBody ?? ''}`)) return contextOverflow(call);
  if (status < 300) return brokenAnswer(call, url);
  return failed(`The model's server refused the request (status ${status}): ${errorText(call, 300)}`, call);
}

/** The server had accepted the request: what failed is the answer it then sent. */
function brokenAnswer(call: APICallError, url: string): RunError {
  const broken = connectionFault(call, true, origin(url));
  if (broken instanceof RunError) return broken;
  return failed(`The model's answer could not be read (${errorText(call, 300)}). Ask again.`, call);
}

export function failed(message: string, cause: unknown): RunError {
  return new RunError('model-failed', sentences(message), { cause });
}

/** One line with a full stop at its end, which what a provider says often lacks. */
function sentences(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim();
  return /[.!?…]$/.test(line) ? line : `${line}.`;
}

function networkReason(call: APICallError): string {
  return connectionCode(call) ?? errorText(call, 200);
}

/** Node's code of a connection that failed, such as `ECONNREFUSED`. */
function connectionCode(error: unknown): string | undefined {
  const coded = findCause(
    error,
    (each): each is Error & { code: string } =>
      each instanceof Error && 'code' in each && typeof each.code === 'string',
  );
  return coded?.code;
}

/** Only the origin: a base URL may carry a key in its path or query. */
function origin(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'its address';
}

function apiCallError(error: unknown): APICallError | undefined {
  return findCause(error, (each) => APICallError.isInstance(each));
}

function findCause<T>(error: unknown, matches: (each: unknown) => each is T): T | undefined {
  let at = error;
  for (let depth = 0; at !== undefined && at !== null && depth < 8; depth += 1) {
    if (matches(at)) return at;
    if (at instanceof AggregateError && at.errors.some(matches)) return at.errors.find(matches);
    at = (at as { cause?: unknown }).cause;
  }
  return undefined;
}
