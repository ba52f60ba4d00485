/** One server-sent event as it stands on the wire, without the empty line at its end. */
export type SseRecord = string;

/** Text of a `text-delta` record; undefined for any other. */
export function deltaOf(record: SseRecord): string | undefined {
  const at = record.indexOf('data: {"type":"text-delta"');
  return at === -1 ? undefined : (JSON.parse(record.slice(at + 6)) as { delta: string }).delta;
}

/** Takes a stream of events apart as it comes, in pieces of any size. */
export class RecordSplitter {
  #rest = '';

  /** The records that are whole with this text. */
  take(text: string): SseRecord[] {
    const records = (this.#rest + text).split('\n\n');
    this.#rest = records.pop()!;
    return records;
  }

  /** Drops what has begun: the connection that it came by was cut. */
  reset(): void {
    this.#rest = '';
  }
}

/** Id of a record that has one: an event's, which is its run and number. */
export function idOf(record: SseRecord): string {
  return record.slice('id: '.length, record.indexOf('\n'));
}

/** The demo model's tokens are its words. */
export function tokensIn(text: string): number {
  let count = 0;
  let inWord = false;
  for (let i = 0; i < text.length; i += 1) {
    const isSpace = text.charCodeAt(i) <= 32;
    if (!isSpace && !inWord) count += 1;
    inWord = !isSpace;
  }
  return count;
}

/** Number of a record's event; undefined for comments and `[DONE]`. */
export function numberOf(record: SseRecord): number | undefined {
  if (!record.startsWith('id: ')) return undefined;
  const end = record.indexOf('\n');
  return Number(record.slice(record.lastIndexOf(':', end) + 1, end));
}

/** The same answer with a record for each token, numbered anew: what the model wrote before it was collected. */
export function recordPerToken(records: readonly SseRecord[]): SseRecord[] {
  let n = 0;
  return records.flatMap((record) => {
    const delta = deltaOf(record);
    const parts =
      delta === undefined
        ? [record]
        : (delta.match(/\s*\S+\s*$|\s*\S+/g) ?? []).map((word) =>
            record.replace(/"delta":.*/s, `"delta":${JSON.stringify(word)}}`),
          );
    return parts.map((part) => part.replace(/^(id: .*:)\d+$/m, (_, start: string) => `${start}${n++}`));
  });
}

/** A record, and how long after the one before it is sent, in milliseconds. */
export interface TimedRecord {
  record: SseRecord;
  afterMs: number;
}

/** The records, each that has text so many milliseconds after the one before it. */
export function atPace(records: readonly SseRecord[], tokenDelayMs: number): TimedRecord[] {
  return records.map((record) => ({ record, afterMs: deltaOf(record) === undefined ? 0 : tokenDelayMs }));
}
