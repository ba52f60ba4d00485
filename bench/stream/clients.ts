/** The process of the clients: so many streams at a time, each asking again when its answer has ended. */
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { serve } from './peer.ts';
import { AnswerReader, type AnswerRead } from './answer-reader.ts';

interface ReadAnswer extends AnswerRead {
  /** Requests that were answered with an error before. */
  refusals: number;
}

export interface StreamRequest {
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface Task {
  /** Origin of the server. */
  url: string;
  streams: number;
  /** Shared out among the streams in this order. */
  requests: readonly StreamRequest[];
}

export interface Received {
  /** Seconds from the first request to the last answer's end. */
  seconds: number;
  tokens: number;
  /** Milliseconds from each request to its first token. */
  firstTokenMs: number[];
  /** Milliseconds between two arrivals of text in one answer. */
  gapMs: number[];
  /** Requests that the server could not take, and that were made again. */
  refusals: number;
}

async function run({ url, streams, requests }: Task): Promise<Received> {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const answers: ReadAnswer[] = [];
  const began = performance.now();
  let next = 0;
  const stream = async (): Promise<void> => {
    for (let mine = next++; mine < requests.length; mine = next++) {
      answers.push(await ask(url, requests[mine]!, agent));
    }
  };
  await Promise.all(Array.from({ length: streams }, stream));
  const seconds = (performance.now() - began) / 1_000;
  agent.destroy();
  return {
    seconds,
    tokens: answers.reduce((sum, { tokens }) => sum + tokens, 0),
    firstTokenMs: answers.map(({ firstTokenMs }) => firstTokenMs),
    gapMs: answers.flatMap(({ gapMs }) => gapMs),
    refusals: answers.reduce((sum, { refusals }) => sum + refusals, 0),
  };
}

/** How often a request that the server could not take is made again, and after how long. */
const triesMax = 10;
const againAfterMs = 1_000;

/** Starts an answer and reads it. A server that is too busy to start one is asked again, as a browser would. */
async function ask(url: string, request: StreamRequest, agent: Agent): Promise<ReadAnswer> {
  const reader = new AnswerReader();
  for (let attempt = 1; ; attempt += 1) {
    const response = await send(url, request, agent);
    if (response.statusCode === 200) {
      for await (const text of response.setEncoding('utf8')) reader.take(text as string);
      return { ...reader.end(), refusals: attempt - 1 };
    }
    const answer = await textOf(response);
    if ((response.statusCode ?? 0) < 500 || attempt === triesMax)
      throw new Error(`a request was answered with ${response.statusCode}: ${answer.slice(0, 300)}`);
    await delay(againAfterMs);
  }
}

async function send(
  url: string,
  { path, headers, body }: StreamRequest,
  agent: Agent,
): Promise<IncomingMessage> {
  const request = httpRequest(`${url}${path}`, { method: 'POST', headers, agent });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

const duties = {
  run,
  /** The records of one answer. */
  record: async ({ url, request }: { url: string; request: StreamRequest }): Promise<string[]> =>
    (await ask(url, request, new Agent())).records,
};
export type ClientDuties = typeof duties;
serve(duties);
