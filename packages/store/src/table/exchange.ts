import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** A request's answer, read to its end. */
export interface Answer {
  status: number;
  text: string;
}

export interface Exchange {
  /** Host and port, as the header says them. */
  host: string;
  post(headers: Record<string, string>, body: string): Promise<Answer>;
  close(): void;
}

/** Connections to one service. Calls past it wait for one. */
const socketsMax = 256;

/** Posts to the root of a service, over connections that are kept. Rejects when nothing comes for `timeoutMs`. */
export function createExchange({ protocol, host, hostname, port }: URL, timeoutMs: number): Exchange {
  const isSecure = protocol === 'https:';
  const agent = new (isSecure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: socketsMax });
  const send = isSecure ? httpsRequest : httpRequest;
  const fixed = { agent, hostname, port, method: 'POST', path: '/', timeout: timeoutMs };
  return {
    host,
    post: (headers, body) =>
      new Promise((resolve, reject) => {
        const request = send({ ...fixed, headers }, (response) => read(response, resolve, reject));
        request.on('error', reject);
        request.on('timeout', () => request.destroy(new Error(`no answer in ${timeoutMs} ms`)));
        request.end(body);
      }),
    close: () => agent.destroy(),
  };
}

function read(
  response: IncomingMessage,
  resolve: (answer: Answer) => void,
  reject: (error: Error) => void,
): void {
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => (text += chunk));
  response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
  response.on('error', reject);
}
