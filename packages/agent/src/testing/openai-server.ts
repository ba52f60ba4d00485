import { jsonReply, startModelServer, streamOf, type ModelServer, type Reply } from './model-server.ts';

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

/** A server on loopback that speaks OpenAI's streaming chat completions. */
export async function startOpenAiServer(
  ...replies: Reply[]
): Promise<ModelServer<ChatRequest> & { baseUrl: string }> {
  const server = await startModelServer<ChatRequest>(...replies);
  return { ...server, baseUrl: `${server.origin}/v1` };
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

const stream = streamOf('text/event-stream');
export const streamReply = stream.whole;
export const hangingReply = stream.hanging;
export const brokenReply = stream.broken;

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

/** An answer that calls one tool, and then says no more than this, such as its token counts. */
export function callReply(tool: string, input: object, ...more: string[]): Reply {
  const call = { index: 0, id: 'call_0', function: { name: tool, arguments: JSON.stringify(input) } };
  return streamReply(chunk({ tool_calls: [call] }), chunk({}, 'tool_calls'), ...more, done);
}

export function errorReply(status: number, message: string, headers: Record<string, string> = {}): Reply {
  return jsonReply(status, { error: { message, type: 'error', code: null } }, headers);
}
