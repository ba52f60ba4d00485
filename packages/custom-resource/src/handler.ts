import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '@parley/service/log';
import { answerBody, type Outcome } from './answer.ts';
import { OutOfTimeError } from './errors.ts';
import { readEnvelope, type EventEnvelope } from './event.ts';
import { sendAnswer } from './send-answer.ts';

/** What the handler uses of Lambda's context. */
export interface InvocationContext {
  invokedFunctionArn?: string | undefined;
  getRemainingTimeInMillis(): number;
}

export type CustomResourceHandler = (event: unknown, context: InvocationContext) => Promise<void>;

/** What is known of one event besides the event. */
export interface Invocation {
  /** Its lines carry what identifies the event. */
  log: Log;
  functionArn: string | undefined;
}

/** What one kind of custom resource does. */
export interface CustomResourceOptions {
  log: Log;
  /** What the reason says when the work did not end in time: what did not answer, and what to do. */
  outOfTime: string;
  /** Creates or updates; also called when the event does not say what it wants. */
  apply(event: EventEnvelope, invocation: Invocation): Promise<Outcome>;
  remove(event: EventEnvelope, invocation: Invocation): Promise<Outcome>;
  /** The answer when `apply` threw. */
  failed(event: EventEnvelope, error: unknown, invocation: Invocation): Outcome;
  /** The answer when `remove` threw: a success, since a failure would block the stack's deletion. */
  removedAnyway(event: EventEnvelope, error: unknown, invocation: Invocation): Outcome;
}

/** Kept of the function's time for sending the answer. */
const answerMilliseconds = 6_000;

/**
 * A handler of CloudFormation's events that answers every one of them. It never throws, whatever the payload.
 */
export function createCustomResource(options: CustomResourceOptions): CustomResourceHandler {
  return async (payload, context) => {
    const event = readEnvelope(payload);
    const { requestType, requestId, stackId, logicalResourceId, responseUrl } = event;
    const log = options.log.child({ requestType, requestId, stackId, logicalResourceId });
    const outcome = await outcomeOf(
      event,
      options,
      { log, functionArn: context.invokedFunctionArn },
      context,
    );
    log.info('event handled', { status: outcome.status, physicalResourceId: outcome.physicalResourceId });
    if (!isWebAddress(responseUrl)) {
      log.warn('the event has no answer address: nobody is waiting, or it was not sent by CloudFormation');
      return;
    }
    const remaining = () => context.getRemainingTimeInMillis() - 500;
    const arrived = await sendAnswer({ url: responseUrl, body: answerBody(event, outcome), log, remaining });
    if (!arrived) log.warn('CloudFormation was not answered: it goes on after its service timeout');
  };
}

/** With a user name or password `fetch` takes no address, and quotes the whole of it in its error. */
function isWebAddress(url: string | undefined): url is string {
  if (url === undefined || !URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

async function outcomeOf(
  event: EventEnvelope,
  options: CustomResourceOptions,
  invocation: Invocation,
  context: InvocationContext,
): Promise<Outcome> {
  const done = new AbortController();
  const outOfTime = wait(Math.max(0, context.getRemainingTimeInMillis() - answerMilliseconds), undefined, {
    signal: done.signal,
  }).then(() => {
    throw new OutOfTimeError(options.outOfTime);
  });
  // the request type first: a delete succeeds however broken the rest is
  const isDelete = event.requestType === 'Delete';
  try {
    const work = isDelete ? options.remove(event, invocation) : options.apply(event, invocation);
    return await Promise.race([work, outOfTime]);
  } catch (error) {
    return isDelete
      ? options.removedAnyway(event, error, invocation)
      : options.failed(event, error, invocation);
  } finally {
    done.abort();
    outOfTime.catch(() => {});
  }
}

/** The id CloudFormation has, else one that names nothing, so that its delete has nothing to do. */
export function stablePhysicalId({ physicalResourceId: known, requestId }: EventEnvelope): string {
  return known ?? `invalid/${requestId || 'unknown'}`;
}
