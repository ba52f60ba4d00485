import { APIError } from '@anthropic-ai/sdk';
import { ContextWindowOverflowError } from '@strands-agents/sdk';
import { errorText } from './errors.ts';
import {
  BusyError,
  busyStatus,
  connectionFault,
  contextOverflow,
  failed,
  unavailable,
} from './model-faults.ts';

interface Asked {
  model: string;
  origin: string;
  /** Whether the answer had begun. */
  started: boolean;
}

/** Statuses of the errors that come as an event within the answer, when they ask to be called again later. */
const statusOfType: Record<string, number> = { rate_limit_error: 429, overloaded_error: 529 };

/** The framework does not know these words for a conversation that is too long. */
const tooLong = /exceed context limit|prompt is too long/i;

/** What Anthropic's API or the way to it threw, as what it means for a run. */
export function anthropicFault(error: unknown, asked: Asked): unknown {
  if (error instanceof ContextWindowOverflowError) return contextOverflow(error);
  if (error instanceof BusyError) return error;
  const call = apiError(error);
  if (call === undefined || isConnection(call)) {
    return connectionFault(error, asked.started, `Anthropic's API at ${asked.origin}`) ?? error;
  }
  return refusedCall(call, asked);
}

/** A call that the API is too busy for, also within its answer; undefined for any other error. */
export function anthropicBusy(error: unknown): BusyError | undefined {
  if (!(error instanceof APIError)) return undefined;
  const { status, type, headers } = error;
  const busy = busyStatus(status ?? statusOfType[type ?? ''], headers?.get('retry-after'));
  return busy && new BusyError(busy, error);
}

function refusedCall(call: APIError, { model, started }: Asked): Error {
  const { status, type } = call;
  const said = `${type ?? `status ${status}`}: ${reason(call)}`;
  if (status === 413 || tooLong.test(call.message)) return contextOverflow(call);
  if (status === 401 || status === 403) {
    return unavailable(
      `Anthropic refused our key for the model "${model}" (${type ?? status}). Its operator must set a valid key that may use this model.`,
      call,
    );
  }
  if (/credit balance/i.test(call.message)) {
    return unavailable("Anthropic's account has no credit left. Its operator must buy some.", call);
  }
  if (status === 404) {
    return unavailable(
      `Anthropic does not know the model "${model}", or has retired it (${said}). Its operator must name another in parley.config.ts.`,
      call,
    );
  }
  if (!started && (status ?? 500) >= 500) {
    return unavailable(`Anthropic's API could not answer (${said}). Try again in a while.`, call);
  }
  return failed(
    started
      ? `Anthropic's API failed within its answer (${said}). Ask again.`
      : `Anthropic's API refused the request (${said}).`,
    call,
  );
}

function apiError(error: unknown): APIError | undefined {
  if (error instanceof APIError) return error;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof APIError ? cause : undefined;
}

/** An answer of the API has a status, or is an event of a type; a broken connection has neither. */
function isConnection({ status, type }: APIError): boolean {
  return status === undefined && type === null;
}

/** The API's own words, out of `{ error: { message } }`. */
function reason({ error, message }: APIError): string {
  const said = (error as { error?: { message?: unknown } } | undefined)?.error?.message;
  return errorText(typeof said === 'string' ? said : message, 300);
}
