/** The baseline of the first token: node:http and nothing else between a client and a model's server. */
import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '../peer.ts';

let model = '';
const agent = new Agent({ keepAlive: true });

const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => pass(response));
});

/** Asks the model, and sends an event as soon as something of its answer comes. */
function pass(response: ServerResponse): void {
  const asked = httpRequest(`${model}/chat/completions`, { method: 'POST', agent }, (answer) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    let n = 0;
    const send = (event: object) => response.write(`id: bare:${n++}\ndata: ${JSON.stringify(event)}\n\n`);
    answer.on('data', () => send({ type: 'text-delta', delta: 'word ' }));
    answer.on('end', () => {
      send({ type: 'finish' });
      response.end('data: [DONE]\n\n');
    });
  });
  asked.end('{}');
}

const duties = {
  /** Returns the address; whoever asks there gets what the model at `modelUrl` says. */
  async listen({ modelUrl }: { modelUrl: string }): Promise<string> {
    model = modelUrl;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
};
export type BareProxyDuties = typeof duties;
serve(duties);
