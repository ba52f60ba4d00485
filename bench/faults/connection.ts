/** One connection of a client to an event stream, with what befalls it. */
import { once } from 'node:events';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { heartbeatSeconds } from '@parley/contract/stream';
import type { Ending, SeenEvent } from './story.ts';

export interface StreamRequest {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
}

/** What a client does to its own connection. */
export interface ReadingManner {
  /** Goes away after so many bytes of the answer. */
  cutAfterBytes?: number | undefined;
  /** At first takes this many bytes a second, for so long; 0 bytes: nothing. */
  slow?: { bytesPerSecond: number; ms: number } | undefined;
}

/** How long a server may take to answer at all, and to say something once it streams. */
const answerMs = 15_000;
const silenceMs = (heartbeatSeconds + 5) * 1_000;
const slowTurnMs = 250;

/** Reads events as they come; never throws. */
export async function readEvents(
  request: StreamRequest,
  manner: ReadingManner,
  onEvent: (event: SeenEvent) => void,
): Promise<Ending> {
  const sent = send(request);
  try {
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.socket.setTimeout(silenceMs);
    response.on('error', () => undefined);
    if (response.statusCode !== 200) return response.statusCode ?? 0;
    return await readRecords(response, manner, onEvent);
  } catch (error) {
    return error instanceof SilentError ? 'silent' : 'broken';
  } finally {
    sent.destroy();
  }
}

class SilentError extends Error {}

function send({ url, method, headers, body }: StreamRequest): ClientRequest {
  const request = httpRequest(url, { method, headers, agent: false, timeout: answerMs });
  request.on('timeout', () => request.destroy(new SilentError()));
  request.on('error', () => undefined);
  request.end(body);
  return request;
}

async function readRecords(
  response: IncomingMessage,
  manner: ReadingManner,
  onEvent: (event: SeenEvent) => void,
): Promise<Ending> {
  let left = manner.cutAfterBytes ?? Infinity;
  let isDone = false;
  const records = new RecordSplitter((event) => {
    if (event.data === '[DONE]') isDone = true;
    else onEvent(event);
  });
  const take = (chunk: Buffer): boolean => {
    records.take(chunk.subarray(0, left));
    left -= chunk.length;
    return left <= 0;
  };
  if (manner.slow && (await readSlowly(response, manner.slow, take))) return 'cut';
  for await (const chunk of response) if (take(chunk as Buffer)) return 'cut';
  return isDone ? 'done' : 'broken';
}

/** True when the client went away meanwhile. */
async function readSlowly(
  response: IncomingMessage,
  { bytesPerSecond, ms }: NonNullable<ReadingManner['slow']>,
  take: (chunk: Buffer) => boolean,
): Promise<boolean> {
  const bytes = Math.round((bytesPerSecond * slowTurnMs) / 1_000);
  for (let waited = 0; waited < ms && !response.destroyed; waited += slowTurnMs) {
    await delay(slowTurnMs);
    const chunk = bytes > 0 ? (response.read(bytes) as Buffer | null) : null;
    if (chunk && take(chunk)) return true;
  }
  return false;
}

/** Finds whole records in bytes that come in any pieces; what is cut off in the middle of one is dropped. */
class RecordSplitter {
  #rest: Buffer = Buffer.alloc(0);
  readonly #onEvent: (event: SeenEvent) => void;

  constructor(onEvent: (event: SeenEvent) => void) {
    this.#onEvent = onEvent;
  }

  take(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let end = this.#rest.indexOf('\n\n'); end !== -1; end = this.#rest.indexOf('\n\n')) {
      this.#record(this.#rest.toString('utf8', 0, end));
      this.#rest = this.#rest.subarray(end + 2);
    }
  }

  #record(text: string): void {
    const data = /^data: (.*)$/m.exec(text)?.[1];
    if (data !== undefined) this.#onEvent({ id: /^id: (.*)$/m.exec(text)?.[1] ?? '', data });
  }
}
