import { eventBytesMax, type StreamEvent } from '@parley/contract/stream';
import { EventTooLargeError } from '../errors.ts';

/** Bytes of events in one batch: an item holds at most 400 KB, with its other attributes. */
export const batchBytesMax = 300 * 1024;

interface Buffered {
  event: StreamEvent;
  bytes: number;
}

/**
 * Events on their way to the log. Text that follows text of the same part joins it: one event per
 * batch instead of one per token, with the same meaning, and events get their numbers only in the log.
 * The progress of a call that still waits gives way to a newer one, and to the call's answer: a batch has one at most.
 */
export class EventBuffer {
  #events: Buffered[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  /** @throws EventTooLargeError */
  add(event: StreamEvent): void {
    const bytes = jsonBytes(event);
    if (bytes > eventBytesMax) throw new EventTooLargeError(event.type, bytes, eventBytesMax);
    const call = callToldOf(event);
    if (call !== undefined) this.#dropProgress(call);
    const last = this.#events.at(-1);
    if (last?.event.type === 'text-delta' && event.type === 'text-delta' && last.event.id === event.id) {
      // Its bytes outside the delta are counted once too often, which errs on the safe side.
      if (last.bytes + bytes <= eventBytesMax) {
        last.event = { ...last.event, delta: last.event.delta + event.delta };
        last.bytes += bytes;
        this.#bytes += bytes;
        return;
      }
    }
    this.#events.push({ event, bytes });
    this.#bytes += bytes;
  }

  #dropProgress(id: string): void {
    const index = this.#events.findLastIndex(
      ({ event }) => event.type === 'data-tool-progress' && event.id === id,
    );
    if (index >= 0) this.#bytes -= this.#events.splice(index, 1)[0]!.bytes;
  }

  /** Takes out the next batch: as many events, from the oldest, as fit. */
  take(): StreamEvent[] {
    let bytes = 0;
    let count = 0;
    for (const each of this.#events) {
      if (count > 0 && bytes + each.bytes > batchBytesMax) break;
      bytes += each.bytes;
      count += 1;
    }
    this.#bytes -= bytes;
    return this.#events.splice(0, count).map(({ event }) => event);
  }

  clear(): void {
    this.#events = [];
    this.#bytes = 0;
  }
}

/** The call whose progress so far this event makes old. */
function callToldOf(event: StreamEvent): string | undefined {
  switch (event.type) {
    case 'data-tool-progress':
      return event.id;
    case 'tool-output-available':
    case 'tool-output-error':
      return event.toolCallId;
    default:
      return undefined;
  }
}

function jsonBytes(event: StreamEvent): number {
  return Buffer.byteLength(JSON.stringify(event)) + 1;
}
