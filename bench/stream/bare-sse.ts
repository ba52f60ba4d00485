/** The baseline: node:http and nothing else, sending a recorded answer to whoever asks. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '../peer.ts';
import type { TimedRecord } from './records.ts';

let answer: readonly TimedRecord[] = [];

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  send(response, answer, 0);
});

/** Writes from record `next` on: all that is due, then waits for its time, or for room. */
function send(response: ServerResponse, records: readonly TimedRecord[], next: number): void {
  for (let i = next; i < records.length; i += 1) {
    const hasRoom = response.write(`${records[i]!.record}\n\n`);
    const waitMs = records[i + 1]?.afterMs ?? 0;
    if (waitMs > 0) return void setTimeout(send, waitMs, response, records, i + 1);
    if (!hasRoom) return void response.once('drain', () => send(response, records, i + 1));
  }
  response.end();
}

const duties = {
  async listen(): Promise<string> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  /** What every request is answered with from now on. */
  answerWith: (records: readonly TimedRecord[]) => {
    answer = records;
  },
};
export type BareDuties = typeof duties;
serve(duties);
