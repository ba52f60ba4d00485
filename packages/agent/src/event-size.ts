import { eventBytesMax } from '@parley/contract/stream';

/** Bytes of an event that are not its payload: type, ids, names; with room to spare. */
const envelopeBytes = 2 * 1024;
const payloadBytesMax = eventBytesMax - envelopeBytes;

/** Characters of one tool's output that the model is given (about 5,000 tokens); the rest is cut, with a note. */
export const modelToolOutputCharsMax = 20_000;

/** Characters of a large value that its event still shows. */
const previewChars = 4_000;

/** Text deltas are cut into pieces of this many characters: at most 4 bytes each, 6 when escaped. */
export const deltaCharsMax = 8_000;

/** Keeps the whole JSON of a large output, and answers with a reference that finds it again. */
export type StoreLargeOutput = (json: string) => Promise<string>;

/** Stands in an event for a value that is too large for one. */
export interface LargeValue {
  /** The beginning of the value's JSON. */
  preview: string;
  /** Size of the whole value as JSON. */
  bytes: number;
  note: string;
  /** Where the whole value is kept, when it is. */
  reference?: string;
}

/** True when an event carries the value whole. */
export function fitsEvent(value: unknown): boolean {
  return Buffer.byteLength(toJson(value)) <= payloadBytesMax;
}

/**
 * The value as an event may carry it: itself up to the contract's 64 KB, else a `LargeValue`.
 * When storing fails, the value is cut as if there were nowhere to store it.
 */
export async function fitEvent(value: unknown, store?: StoreLargeOutput): Promise<unknown> {
  if (fitsEvent(value)) return value ?? null;
  const json = toJson(value);
  const bytes = Buffer.byteLength(json);
  const reference = await store?.(json).catch(() => undefined);
  const kept = reference === undefined ? 'only its beginning is kept' : 'its beginning is shown';
  return {
    preview: cut(json, previewChars),
    bytes,
    note: `${bytes} bytes are more than a message holds: ${kept}.`,
    ...(reference !== undefined && { reference }),
  } satisfies LargeValue;
}

/** The value's JSON as the model reads it, cut with a note past `modelToolOutputCharsMax`. */
export function fitModel(value: unknown): string {
  const json = typeof value === 'string' ? value : toJson(value);
  if (json.length <= modelToolOutputCharsMax) return json;
  return (
    `${cut(json, modelToolOutputCharsMax)}\n` +
    `[Cut here: these are the first ${modelToolOutputCharsMax} of ${json.length} characters. Ask for less to see the rest.]`
  );
}

function toJson(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

/** Never ends in half of a surrogate pair. */
function cut(text: string, max: number): string {
  const end = /[\uD800-\uDBFF]/.test(text.charAt(max - 1)) ? max - 1 : max;
  return text.slice(0, end);
}

/** The text in pieces of at most `max` characters that never split a surrogate pair. */
export function* pieces(text: string, max = deltaCharsMax): Generator<string> {
  for (let at = 0; at < text.length;) {
    const piece = text.length - at <= max ? text.slice(at) : cut(text.slice(at), max);
    yield piece;
    at += piece.length;
  }
}
