/** The process of the clients: so many streams at a time, each asking again when its answer has ended. */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { serve } from './peer.ts';
import { AnswerReader, type ReadAnswer } from './answer-reader.ts';

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
  };
}

function ask(url: string, { path, headers, body }: StreamRequest, agent: Agent): Promise<ReadAnswer> {
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader();
    const request = httpRequest(`${url}${path}`, { method: 'POST', headers, agent }, (response) => {
      response.on('error', reject);
      if (response.statusCode !== 200) return void refuse(response).then(reject, reject);
      response.setEncoding('utf8').on('data', (text: string) => reader.take(text));
      response.on('end', () => {
        try {
          resolve(reader.end());
        } catch (error) {
          reject(error as Error);
        }
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function refuse(response: IncomingMessage): Promise<Error> {
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return new Error(`a request was answered with ${response.statusCode}: ${text.slice(0, 300)}`);
}

const duties = {
  run,
  /** The records of one answer. */
  record: async ({ url, request }: { url: string; request: StreamRequest }): Promise<string[]> =>
    (await ask(url, request, new Agent())).records,
};
export type ClientDuties = typeof duties;
serve(duties);
