import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { idOf, numberOf, RecordSplitter } from '../stream/records.ts';

/** What one device does at one process of the service. */
export interface DeviceRequest {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
}

/** When each event of a stream came to a device, by the event's number: milliseconds on this process's clock. */
export class Arrivals {
  readonly at = new Map<number, number>();
  readonly #first = Promise.withResolvers<string>();
  readonly #splitter = new RecordSplitter();

  /** Id of the first event that came. */
  get firstId(): Promise<string> {
    return this.#first.promise;
  }

  take(text: string): void {
    const now = performance.now();
    for (const record of this.#splitter.take(text)) {
      const n = numberOf(record);
      if (n === undefined) continue;
      if (this.at.size === 0) this.#first.resolve(idOf(record));
      this.at.set(n, now);
    }
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

/** Reads a stream to its end. Throws when it is refused or breaks. */
export async function readStream(asked: DeviceRequest, arrivals: Arrivals): Promise<void> {
  const request = httpRequest(asked.url, { method: asked.method, headers: asked.headers, agent });
  request.end(asked.body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) {
    throw new Error(`a device was answered with ${response.statusCode}: ${await textOf(response)}`);
  }
  for await (const text of response.setEncoding('utf8')) arrivals.take(text as string);
}
