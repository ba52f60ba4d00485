import { crc32 } from 'node:zlib';

/**
 * One event of `application/vnd.amazon.eventstream`: lengths of the whole and of the headers with their checksum,
 * headers, payload, checksum of all. Source: https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function eventFrame(type: string, contentType: string, payload: Uint8Array): Buffer {
  const headers = Buffer.concat([
    header(':message-type', 'event'),
    header(':event-type', type),
    header(':content-type', contentType),
  ]);
  const lengths = Buffer.concat([uint32(16 + headers.length + payload.length), uint32(headers.length)]);
  const checked = Buffer.concat([lengths, uint32(crc32(lengths)), headers, payload]);
  return Buffer.concat([checked, uint32(crc32(checked))]);
}

const stringType = 7;

function header(name: string, value: string): Buffer {
  const lengths = Buffer.of(stringType, value.length >> 8, value.length & 0xff);
  return Buffer.concat([Buffer.of(name.length), Buffer.from(name), lengths, Buffer.from(value)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
