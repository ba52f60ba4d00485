/** A model that thinks for a while, then says its words: a server of OpenAI's streaming chat completions. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { serve } from '../peer.ts';

/** Usual of hosted models is more: what counts is that the service has long written its first batch by then. */
const thinkMs = 200;
const words = 20;

let tookMs: number[] = [];

const server = createServer((request, response) => {
  const began = performance.now();
  request.resume();
  void once(request, 'end').then(() => answer(response, began));
});

async function answer(response: ServerResponse, began: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  await delay(thinkMs);
  for (let i = 0; i < words; i += 1) {
    response.write(chunk({ role: 'assistant', content: `word${i} ` }));
    if (i === 0) tookMs.push(performance.now() - began);
    await delay(10);
  }
  response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
}

function chunk(delta: object, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  const event = { id: '1', object: 'chat.completion.chunk', created: 1, model: 'scripted', choices };
  return `data: ${JSON.stringify(event)}\n\n`;
}

const duties = {
  async listen(): Promise<string> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  /** Milliseconds that each answer's first token took the model, of the answers since it was last asked. */
  takeTookMs: () => {
    const taken = tookMs;
    tookMs = [];
    return taken;
  },
};
export type ScriptedModelDuties = typeof duties;
serve(duties);
