/** The process of the clients: so many streams at a time, each asking again when its answer has ended. */
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { routePath } from '@parley/contract/routes';
import { parseEventId } from '@parley/contract/stream';
import { serve } from './peer.ts';
import { AnswerReader, type AnswerRead } from './answer-reader.ts';

interface ReadAnswer extends AnswerRead {
  /** Requests that failed, and were made again. */
  repeats: number;
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
  /** Requests that failed, and were made again. */
  repeats: number;
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
    repeats: answers.reduce((sum, { repeats }) => sum + repeats, 0),
  };
}

/** How often a request that failed is made again, and after how long. */
const triesMax = 10;
const againAfterMs = 1_000;

/** Starts an answer and reads it, as a browser does: a start that fails is repeated, a cut stream is resumed. */
async function ask(url: string, start: StreamRequest, agent: Agent): Promise<ReadAnswer> {
  const reader = new AnswerReader();
  for (let repeats = 0; ; repeats += 1) {
    const seen = reader.lastEventId;
    const response = await (seen === undefined
      ? send(`${url}${start.path}`, 'POST', start.headers, agent, start.body)
      : send(`${url}${resumePath(seen)}`, 'GET', { ...start.headers, 'last-event-id': seen }, agent));
    const problem = await readWhole(response, reader);
    if (problem === undefined) return { ...reader.end(), repeats };
    if (isRefusal(response) || repeats === triesMax) throw new Error(problem);
    await delay(againAfterMs);
  }
}

/** Reads to the end of the stream; what came in its way otherwise. */
async function readWhole(response: IncomingMessage, reader: AnswerReader): Promise<string | undefined> {
  if (response.statusCode !== 200)
    return `a request was answered with ${response.statusCode}: ${(await textOf(response)).slice(0, 300)}`;
  reader.begin();
  try {
    for await (const text of response.setEncoding('utf8')) reader.take(text as string);
    return undefined;
  } catch (error) {
    return `a stream was cut: ${(error as Error).message}`;
  }
}

/** True for an answer that repeating the request will not change. */
function isRefusal({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 400 && statusCode < 500;
}

function resumePath(lastEventId: string): string {
  return routePath('runEvents', { runId: parseEventId(lastEventId)!.runId });
}

async function send(
  url: string,
  method: string,
  headers: Record<string, string>,
  agent: Agent,
  body?: string,
): Promise<IncomingMessage> {
  const request = httpRequest(url, { method, headers, agent });
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
