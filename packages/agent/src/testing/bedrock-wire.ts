import { crc32 } from 'node:zlib';
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

/**
 * A message of AWS's event stream: lengths of the whole and of the headers, the checksum of these,
 * headers, payload, and the checksum of all that. Source: "Event stream encoding" in the guide of
 * Amazon Transcribe, and smithy.io's specification of `application/vnd.amazon.eventstream`.
 */
export function frame(headers: Record<string, string>, payload: string): Buffer {
  const fields = Object.entries({ ...headers, ':content-type': 'application/json' }).map(([name, value]) =>
    Buffer.concat([
      uint8(name.length),
      Buffer.from(name),
      uint8(7),
      uint16(value.length),
      Buffer.from(value),
    ]),
  );
  const head = Buffer.concat(fields);
  const body = Buffer.from(payload);
  const lengths = Buffer.concat([uint32(16 + head.length + body.length), uint32(head.length)]);
  const checked = Buffer.concat([lengths, uint32(crc32(lengths)), head, body]);
  return Buffer.concat([checked, uint32(crc32(checked))]);
}

function uint8(value: number): Buffer {
  return Buffer.of(value);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
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
