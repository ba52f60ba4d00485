import { jsonReply, streamOf, type Reply } from './model-server.ts';

export const { whole, hanging, broken } = streamOf('text/event-stream; charset=utf-8');

/** One server-sent event of /v1/messages. */
export function event(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}

export const start = [
  event('message_start', {
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      content: [],
      model: 'test-model',
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 20, output_tokens: 1 },
    },
  }),
  event('ping', {}),
].join('');

export const textStart = event('content_block_start', {
  index: 0,
  content_block: { type: 'text', text: '' },
});

export function text(word: string): string {
  return event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: word } });
}

export const textEnd = event('content_block_stop', { index: 0 });

export function call(id: string, name: string, ...pieces: string[]): string[] {
  return [
    event('content_block_start', { index: 1, content_block: { type: 'tool_use', id, name, input: {} } }),
    ...pieces.map((partial_json) =>
      event('content_block_delta', { index: 1, delta: { type: 'input_json_delta', partial_json } }),
    ),
    event('content_block_stop', { index: 1 }),
  ];
}

export function end(stopReason: string, outputTokens = 5): string[] {
  return [
    event('message_delta', {
      delta: { stop_reason: stopReason, stop_sequence: null },
      usage: { output_tokens: outputTokens },
    }),
    event('message_stop', {}),
  ];
}

export function errorReply(
  status: number,
  type: string,
  message: string,
  headers: Record<string, string> = {},
): Reply {
  return jsonReply(status, { type: 'error', error: { type, message }, request_id: 'req_1' }, headers);
}

/** An error within the stream. */
export function errorEvent(type: string, message: string): string {
  return event('error', { error: { type, message } });
}
