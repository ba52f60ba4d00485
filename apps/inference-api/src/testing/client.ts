import { randomUUID } from 'node:crypto';
import { foldRun, type Message } from '@parley/contract/message';
import { routePath } from '@parley/contract/routes';
import type { StartRunBody } from '@parley/contract/run';
import { sessionEvent, type SessionEvent } from '@parley/contract/session';
import { parseEventId, streamEvent, type StreamEvent } from '@parley/contract/stream';
import type { TestIssuer } from '@parley/service/testing';
import { EventSourceParserStream } from 'eventsource-parser/stream';

/** An event of a run as a client received it; after the last one comes `[DONE]`. */
export interface Received {
  id: string;
  n: number;
  event: StreamEvent;
}

/** A user at an instance of the service, speaking plain HTTP. */
export interface Client {
  request(
    method: string,
    path: string,
    init?: { headers?: Record<string, string>; body?: unknown; signal?: AbortSignal },
  ): Promise<Response>;
  start(
    sessionId: string,
    body: StartRunBody,
    options?: { key?: string; signal?: AbortSignal },
  ): Promise<Response>;
  resume(runId: string, lastEventId?: string, signal?: AbortSignal): Promise<Response>;
  stop(runId: string): Promise<Response>;
}

export async function createClient(
  url: string,
  issuer: TestIssuer,
  sub = 'alice',
  groups: string[] = [],
): Promise<Client> {
  const authorization = await issuer.headers({ sub, 'cognito:groups': groups });
  const request: Client['request'] = (method, path, { headers = {}, body, signal } = {}) =>
    fetch(`${url}${path}`, {
      method,
      headers: { ...authorization, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  return {
    request,
    start: (sessionId, body, { key = randomUUID(), signal } = {}) =>
      request('POST', routePath('startRun', { sessionId }), {
        headers: { 'idempotency-key': key },
        body,
        ...(signal && { signal }),
      }),
    resume: (runId, lastEventId, signal) =>
      request('GET', routePath('runEvents', { runId }), {
        ...(lastEventId && { headers: { 'last-event-id': lastEventId } }),
        ...(signal && { signal }),
      }),
    stop: (runId) => request('POST', routePath('stopRun', { runId })),
  };
}

/** The events of a run's stream as they come; throws when it is cut before `[DONE]`. */
export async function* runEvents(response: Response): AsyncGenerator<Received> {
  for await (const { id = '', data } of records(response)) {
    if (data === '[DONE]') return;
    const n = parseEventId(id)?.n;
    if (n === undefined) throw new Error(`an event has the id ${JSON.stringify(id)}`);
    yield { id, n, event: streamEvent.parse(JSON.parse(data)) };
  }
  throw new Error('the stream ended without [DONE]');
}

export async function* sessionEvents(response: Response): AsyncGenerator<SessionEvent> {
  for await (const { data } of records(response)) yield sessionEvent.parse(JSON.parse(data));
}

async function* records(response: Response) {
  if (!response.ok || !response.body) throw new Error(`${response.status} ${await response.text()}`);
  yield* response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
}

/** All events of a stream. */
export function all(response: Response): Promise<Received[]> {
  return until(response, () => false);
}

/** Events up to the first that `isLast` accepts; then the client goes away. */
export async function until(
  response: Response,
  isLast: (received: Received, count: number) => boolean,
): Promise<Received[]> {
  const received: Received[] = [];
  for await (const each of runEvents(response)) {
    received.push(each);
    if (isLast(each, received.length)) break;
  }
  return received;
}

/** The text the events spell. */
export function textOf(received: readonly Received[]): string {
  return received.map(({ event }) => (event.type === 'text-delta' ? event.delta : '')).join('');
}

/** What the run said last, before its end, that it had used. */
export function usageTold(received: readonly Received[]): Message['usage'] {
  return foldRun(received.map(({ event }) => event).filter(({ type }) => type !== 'finish')).usage;
}

/** The run that the events are of. */
export function runIdOf([first]: readonly Received[]): string {
  return first!.id.split(':')[0]!;
}

/** The error a request was answered with. */
export async function errorOf(
  response: Response,
): Promise<{ status: number; code: string; field?: string; message: string }> {
  const { error } = (await response.json()) as { error: { code: string; field?: string; message: string } };
  return { status: response.status, ...error };
}
