import { frame } from './event-stream.ts';
import { jsonReply, streamOf, type Reply } from './model-server.ts';

const stream = streamOf('application/vnd.amazon.eventstream');

/** One event of ConverseStream, such as `messageStart`, as a binary frame. */
export function event(type: string, payload: object): Buffer {
  return frame({ ':message-type': 'event', ':event-type': type }, JSON.stringify(payload));
}

/** One exception within the stream, such as `throttlingException`. */
export function exception(type: string, message: string): Buffer {
  return frame({ ':message-type': 'exception', ':exception-type': type }, JSON.stringify({ message }));
}

export const start = event('messageStart', { role: 'assistant' });

/** Text has no event that starts its block: Bedrock sends one for tool calls only. */
export function text(word: string): Buffer {
  return event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: word } });
}

export function call(id: string, name: string, ...pieces: string[]): Buffer[] {
  const contentBlockIndex = 1;
  return [
    event('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId: id, name } } }),
    ...pieces.map((input) =>
      event('contentBlockDelta', { contentBlockIndex, delta: { toolUse: { input } } }),
    ),
    event('contentBlockStop', { contentBlockIndex }),
  ];
}

export function end(stopReason: string, inputTokens = 20, outputTokens = 5): Buffer[] {
  const usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
  return [event('messageStop', { stopReason }), event('metadata', { usage, metrics: { latencyMs: 1 } })];
}

export const textEnd = event('contentBlockStop', { contentBlockIndex: 0 });

/** An error as Bedrock answers with it: its name is in a header. */
export function errorReply(
  status: number,
  name: string,
  message: string,
  headers: Record<string, string> = {},
): Reply {
  return jsonReply(
    status,
    { message },
    { 'x-amzn-errortype': `${name}:http://internal.amazon.com/`, ...headers },
  );
}

export const { whole, hanging, broken } = stream;
