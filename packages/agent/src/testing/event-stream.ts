import { crc32 } from 'node:zlib';

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
