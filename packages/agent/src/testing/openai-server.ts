import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Writes one answer of the server. */
export type Reply = (response: ServerResponse) => void | Promise<void>;

export interface OpenAiServer extends AsyncDisposable {
  baseUrl: string;
  /** Bodies of the requests so far. */
  requests: ChatRequest[];
  headers: IncomingMessage['headers'][];
  /** Settles when a client has cut the connection of a request before its end. */
  cut: Promise<void>;
  close(): Promise<void>;
}

/** The part of a chat-completions request that tests look at. */
export interface ChatRequest {
  model: string;
  messages: {
    role: string;
    content?: unknown;
    tool_call_id?: string;
    tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  }[];
  tools?: { function: { name: string } }[];
}

/**
 * A server on loopback that speaks OpenAI's streaming chat completions: request number n gets
 * `replies[n]`, and the last reply is given again to all further ones.
 */
export async function startOpenAiServer(...replies: Reply[]): Promise<OpenAiServer> {
  const requests: ChatRequest[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const cut = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    response.on('close', () => response.writableFinished || cut.resolve());
    void (async () => {
      requests.push(JSON.parse(await bodyOf(request)) as ChatRequest);
      headers.push(request.headers);
      await replies[Math.min(requests.length, replies.length) - 1]!(response);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return { baseUrl, requests, headers, cut: cut.promise, close, [Symbol.asyncDispose]: close };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** The `data:` line of one chunk whose only choice is this. */
export function chunk(delta: object, finishReason: string | null = null): string {
  return line({ ...envelope, choices: [{ index: 0, delta, finish_reason: finishReason }] });
}

export function usageChunk(promptTokens: number, completionTokens: number): string {
  return line({
    ...envelope,
    choices: [],
    usage: { prompt_tokens: promptTokens, completion_tokens: completionTokens },
  });
}

const envelope = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'test-model' };

function line(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

export const done = 'data: [DONE]\n\n';

/** A stream of the given lines, ended as HTTP wants. */
export function streamReply(...lines: string[]): Reply {
  return (response) => {
    begin(response);
    for (const each of lines) response.write(each);
    response.end();
  };
}

/** A whole answer: its words as chunks, the reason it ended, its token counts. */
export function textReply(text: string, finishReason = 'stop'): Reply {
  const words = (text.match(/\s*\S+/g) ?? []).map((word) => chunk({ content: word }));
  return streamReply(
    chunk({ role: 'assistant', content: '' }),
    ...words,
    chunk({}, finishReason),
    usageChunk(20, 5),
    done,
  );
}

/** A stream that begins with these lines and then says nothing, until the client goes. */
export function hangingReply(...lines: string[]): Reply {
  return (response) => {
    begin(response);
    response.flushHeaders();
    for (const each of lines) response.write(each);
  };
}

/** A stream whose connection breaks after these lines. */
export function brokenReply(...lines: string[]): Reply {
  return async (response) => {
    begin(response);
    for (const each of lines) await new Promise<void>((resolve) => response.write(each, () => resolve()));
    response.destroy();
  };
}

export function errorReply(status: number, message: string, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ error: { message, type: 'error', code: null } }));
  };
}

function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
}
