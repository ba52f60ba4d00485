import type { Attachment, Upload } from '@parley/contract/attachment';
import type { ChatAppView } from '@parley/contract/chat-app';
import type { FeedbackBody } from '@parley/contract/feedback';
import type { Message } from '@parley/contract/message';
import { routePath } from '@parley/contract/routes';
import type { StartRunBody } from '@parley/contract/run';
import type { ChangeSessionBody, SessionView } from '@parley/contract/session';
import { ApiError, asApiError, errorOf } from './errors.ts';

export interface Me {
  sub: string;
  name: string;
  groups: string[];
}

export interface SessionPage {
  sessions: SessionView[];
  cursor?: string;
}

/** The HTTP API as this page uses it. Answers come from our own services, so their shape is taken as given. */
export interface ApiClient {
  me(): Promise<Me>;
  chatApps(): Promise<ChatAppView[]>;
  sessions(cursor?: string): Promise<SessionPage>;
  session(sessionId: string): Promise<SessionView>;
  createSession(app: string): Promise<SessionView>;
  changeSession(sessionId: string, change: ChangeSessionBody): Promise<SessionView>;
  deleteSession(sessionId: string): Promise<void>;
  messages(sessionId: string): Promise<Message[]>;
  /** Starts a run; repeating it with the same key repeats nothing. The answer streams its events. */
  startRun(sessionId: string, key: string, body: StartRunBody, signal: AbortSignal): Promise<Response>;
  runEvents(runId: string, lastEventId: string | undefined, signal: AbortSignal): Promise<Response>;
  stopRun(runId: string): Promise<void>;
  /** What to send a file with, and where; then `finishUpload`. */
  startUpload(sessionId: string, file: SaidFile, signal: AbortSignal): Promise<Upload>;
  finishUpload(
    sessionId: string,
    attachmentId: string,
    name: string,
    signal: AbortSignal,
  ): Promise<Attachment>;
  /** The content of a file that a message has, by its address. */
  file(url: string): Promise<Blob>;
  giveFeedback(sessionId: string, messageId: string, said: FeedbackBody): Promise<void>;
  withdrawFeedback(sessionId: string, messageId: string): Promise<void>;
  sessionEvents(sessionId: string, signal: AbortSignal): Promise<Response>;
}

/** A file as this page knows it, before the server has looked at it. */
export interface SaidFile {
  name: string;
  bytes: number;
  type: string;
}

export interface TokenSource {
  /** A token that is valid now; renewed when it is about to end. */
  token(): Promise<string>;
  /** Called when the server refuses the token: the next one must be another. */
  reject(): Promise<void>;
}

export function createApiClient(tokens: TokenSource, fetcher: typeof fetch = fetch): ApiClient {
  async function once(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${await tokens.token()}`);
    try {
      return await fetcher(path, { ...init, headers, cache: 'no-store' });
    } catch (error) {
      throw asApiError(error);
    }
  }

  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    let response = await once(path, init);
    if (response.status === 401) {
      await tokens.reject();
      response = await once(path, init);
    }
    if (!response.ok) throw await errorOf(response);
    return response;
  }

  async function json<T>(
    path: string,
    method = 'GET',
    body?: unknown,
    signal: AbortSignal | null = null,
  ): Promise<T> {
    const sent =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return (await (await request(path, { method, ...sent, signal })).json()) as T;
  }

  return {
    me: () => json(routePath('me')),
    chatApps: async () => (await json<{ chatApps: ChatAppView[] }>(routePath('chatApps'))).chatApps,
    sessions: (cursor) =>
      json(`${routePath('sessions')}${cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`}`),
    session: (sessionId) => json(routePath('session', { sessionId })),
    createSession: (app) => json(routePath('sessions'), 'POST', { app }),
    changeSession: (sessionId, change) => json(routePath('session', { sessionId }), 'PATCH', change),
    deleteSession: async (sessionId) => {
      // It may be the last thing that this page does.
      await request(routePath('session', { sessionId }), { method: 'DELETE', keepalive: true });
    },
    messages: async (sessionId) =>
      (await json<{ messages: Message[] }>(routePath('messages', { sessionId }))).messages,
    startRun: (sessionId, key, body, signal) =>
      request(routePath('startRun', { sessionId }), {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        signal,
      }),
    runEvents: (runId, lastEventId, signal) =>
      request(routePath('runEvents', { runId }), {
        headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
        signal,
      }),
    stopRun: async (runId) => {
      await request(routePath('stopRun', { runId }), { method: 'POST' });
    },
    startUpload: (sessionId, file, signal) =>
      json(routePath('attachments', { sessionId }), 'POST', file, signal),
    finishUpload: (sessionId, attachmentId, name, signal) =>
      json(routePath('attachment', { sessionId, attachmentId }), 'PUT', { name }, signal),
    file: async (url) => {
      // The user's token goes along: to our own service, whatever a message says.
      if (!/^\/api\/sessions\/[\w-]+\/attachments\/\w+$/.test(url))
        throw new ApiError('not-found', 'This file is not where files of this site are.', 404);
      return (await request(url)).blob();
    },
    giveFeedback: async (sessionId, messageId, said) => {
      // The page may be left right after a thumb was pressed.
      await request(routePath('feedback', { sessionId, messageId }), {
        method: 'PUT',
        body: JSON.stringify(said),
        headers: { 'content-type': 'application/json' },
        keepalive: true,
      });
    },
    withdrawFeedback: async (sessionId, messageId) => {
      await request(routePath('feedback', { sessionId, messageId }), { method: 'DELETE', keepalive: true });
    },
    sessionEvents: (sessionId, signal) => request(routePath('sessionEvents', { sessionId }), { signal }),
  };
}
