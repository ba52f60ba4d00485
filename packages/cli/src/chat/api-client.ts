import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChatAppDefinition } from '@parley/contract/chat-app';
import { errorBody } from '@parley/contract/http-error';
import type { Message } from '@parley/contract/message';
import { routePath } from '@parley/contract/routes';
import { idempotencyHeader, type StartRunBody } from '@parley/contract/run';
import type { Session } from '@parley/contract/session';
import { parseEventId, type StreamEvent } from '@parley/contract/stream';
import { UserError } from '../errors.ts';

export interface ApiClient {
  chatApps(): Promise<ChatAppDefinition[]>;
  createSession(app: string): Promise<Session>;
  session(sessionId: string): Promise<Session>;
  messages(sessionId: string): Promise<Message[]>;
  /** Starts a run and yields its events, each once and in order, across any number of cut connections. */
  run(sessionId: string, body: StartRunBody): AsyncGenerator<{ runId: string; event: StreamEvent }>;
  stop(runId: string): Promise<void>;
}

/** Longest wait between two tries to get a cut stream back, and how many there are. */
const retryMs = { first: 200, longest: 3_000, tries: 20 };

/** Talks to the services behind `url` as the user whose token `token` gives. */
export function createApiClient(url: string, token: () => Promise<string>): ApiClient {
  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${await token()}` };
    const response = await fetch(new URL(path, url), { ...init, headers });
    if (response.ok) return response;
    const parsed = errorBody.safeParse(await response.json().catch(() => undefined));
    throw new UserError(
      parsed.data?.error.message ?? `${path} answered ${response.status}; see the services' logs.`,
    );
  }

  async function json<T>(path: string, init?: RequestInit): Promise<T> {
    return (await (await request(path, init)).json()) as T;
  }

  return {
    chatApps: async () => (await json<{ chatApps: ChatAppDefinition[] }>(routePath('chatApps'))).chatApps,
    createSession: (app) => json(routePath('sessions'), post({ app })),
    session: (sessionId) => json(routePath('session', { sessionId })),
    messages: async (sessionId) =>
      (await json<{ messages: Message[] }>(routePath('messages', { sessionId }))).messages,
    stop: async (runId) => {
      await request(routePath('stopRun', { runId }), { method: 'POST' });
    },
    run: (sessionId, body) => {
      const start = post(body, { [idempotencyHeader]: crypto.randomUUID() });
      return resuming((lastId) => {
        if (!lastId) return request(routePath('startRun', { sessionId }), start);
        const { runId } = parseEventId(lastId)!;
        return request(routePath('runEvents', { runId }), { headers: { 'last-event-id': lastId } });
      });
    },
  };
}

function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  };
}

/** Follows a stream to its end. What was cut is opened again after the last event that came. */
async function* resuming(
  open: (lastId: string | undefined) => Promise<Response>,
): AsyncGenerator<{ runId: string; event: StreamEvent }> {
  let lastId: string | undefined;
  let failures = 0;
  for (;;) {
    try {
      for await (const { id, data } of eventsOf(await open(lastId))) {
        if (data === '[DONE]') return;
        lastId = id ?? lastId;
        failures = 0;
        yield { runId: parseEventId(id ?? '')?.runId ?? '', event: JSON.parse(data) as StreamEvent };
      }
    } catch (error) {
      if (error instanceof UserError && failures === 0 && !lastId) throw error;
    }
    failures += 1;
    if (failures > retryMs.tries) {
      throw new UserError(
        'The answer goes on at the server, but the connection to it is lost. Is `start` running?',
      );
    }
    await delay(Math.min(retryMs.first * 2 ** (failures - 1), retryMs.longest));
  }
}

async function* eventsOf(response: Response): AsyncGenerator<EventSourceMessage> {
  if (!response.body) return;
  const events = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  yield* events as unknown as AsyncIterable<EventSourceMessage>;
}
