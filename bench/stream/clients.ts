/** The process of the clients: so many streams at a time, each asking again when its answer has ended. */
import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { routePath } from '@parley/contract/routes';
import { parseEventId } from '@parley/contract/stream';
import { serve } from '../peer.ts';
import { AnswerReader, type AnswerRead } from './answer-reader.ts';

interface ReadAnswer extends AnswerRead {
  /** Requests that failed, and were made again. */
  repeats: number;
}

export interface StreamRequest {
  path: string;
  headers: Record<string, string>;
  /** Absent for a GET. */
  body?: string;
}

export interface Task {
  /** Origin of the server. */
  url: string;
  streams: number;
  /** Shared out among the streams in this order. */
  requests: readonly StreamRequest[];
  /** Milliseconds of rest after each answer. Default 0. */
  restMs?: number;
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
  answers: number;
  /** Answers that the server cut off. */
  interrupted: number;
}

async function run({ url, streams, requests, restMs = 0 }: Task): Promise<Received> {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const answers: ReadAnswer[] = [];
  const began = performance.now();
  let next = 0;
  const stream = async (): Promise<void> => {
    for (let mine = next++; mine < requests.length; mine = next++) {
      answers.push(await ask(url, requests[mine]!, agent));
      if (restMs > 0) await delay(restMs);
    }
  };
  await Promise.all(Array.from({ length: streams }, stream));
  const seconds = (performance.now() - began) / 1_000;
  agent.destroy();
  return {
    seconds,
    tokens: answers.reduce((sum, { tokens }) => sum + tokens, 0),
    firstTokenMs: answers.flatMap(({ firstTokenMs }) => firstTokenMs ?? []),
    gapMs: answers.flatMap(({ gapMs }) => gapMs),
    repeats: answers.reduce((sum, { repeats }) => sum + repeats, 0),
    answers: answers.length,
    interrupted: answers.filter(({ isInterrupted }) => isInterrupted).length,
  };
}

/** How often a request that failed is made again. */
const repeatsMax = 10;

/** Ever later, and no two at once: a thousand clients that repeat together fail together. */
function againAfterMs(repeats: number): number {
  return Math.min(16_000, 1_000 * 2 ** repeats) * (0.5 + Math.random());
}

/** Starts an answer and reads it, as a browser does: a start that fails is repeated, a cut stream is resumed. */
async function ask(url: string, start: StreamRequest, agent: Agent): Promise<ReadAnswer> {
  const reader = new AnswerReader();
  let repeats = 0;
  for (; ; repeats += 1) {
    try {
      await readOn(url, start, agent, reader);
      break;
    } catch (error) {
      if (error instanceof FinalError || repeats === repeatsMax) throw error;
      await delay(againAfterMs(repeats));
    }
  }
  return { ...reader.end(), repeats };
}

/** An answer that repeating the request will not change. */
class FinalError extends Error {}

/** One request, from where the reader is to the end of the stream. Throws when it fails or is cut. */
async function readOn(url: string, start: StreamRequest, agent: Agent, reader: AnswerReader): Promise<void> {
  const seen = reader.lastEventId;
  const response = await (seen === undefined
    ? send(`${url}${start.path}`, 'POST', start.headers, agent, start.body)
    : send(`${url}${resumePath(seen)}`, 'GET', { ...start.headers, 'last-event-id': seen }, agent));
  const { statusCode = 0 } = response;
  if (statusCode !== 200) {
    const message = `a request was answered with ${statusCode}: ${(await textOf(response)).slice(0, 300)}`;
    throw statusCode < 500 ? new FinalError(message) : new Error(message);
  }
  reader.begin();
  for await (const text of response.setEncoding('utf8')) reader.take(text as string);
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

const held: IncomingMessage[] = [];

/** Opens streams and reads them, until they are released. Resolves once each has begun. */
async function hold({ url, requests }: { url: string; requests: readonly StreamRequest[] }): Promise<void> {
  const agent = new Agent({ maxSockets: Infinity });
  const waiting = [...requests];
  const opener = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const response = await send(`${url}${next.path}`, 'GET', next.headers, agent);
      held.push(response.resume().on('error', () => undefined));
    }
  };
  await Promise.all(Array.from({ length: 20 }, opener));
}

/** Starts a run and waits for its first events; how to follow it so many times. */
async function followers(task: {
  url: string;
  start: StreamRequest;
  count: number;
}): Promise<StreamRequest[]> {
  const { url, start, count } = task;
  const response = await send(`${url}${start.path}`, 'POST', start.headers, new Agent(), start.body);
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk as string;
    if (text.includes('tool-input-available')) break; // which ends the response too
  }
  const { runId } = parseEventId(/^id: (.+)$/m.exec(text)![1]!)!;
  return Array.from({ length: count }, () => ({
    path: routePath('runEvents', { runId }),
    headers: start.headers,
  }));
}

const duties = {
  run,
  hold,
  followers,
  release: () => {
    for (const response of held.splice(0)) response.destroy();
  },
  /** The records of one answer. */
  record: async ({ url, request }: { url: string; request: StreamRequest }): Promise<string[]> =>
    (await ask(url, request, new Agent())).records,
};
export type ClientDuties = typeof duties;
serve(duties);
