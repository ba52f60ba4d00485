/** DynamoDB's wire before the tables in memory. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { perform, Refusal, type TableRequest } from './tables.ts';

/** What a call is answered with. */
export interface Answer {
  status: number;
  body: object;
}

/** Stands between the wire and the tables. `answer` does the call; undefined breaks the connection. */
export type Front = (
  operation: string,
  request: TableRequest,
  answer: () => Answer,
) => Answer | undefined | Promise<Answer | undefined>;

/** Listens on a free port of 127.0.0.1, and returns its address. Default front: none. */
export async function listenAsDynamoDb(front: Front = (_, __, answer) => answer()): Promise<string> {
  const server: Server = createServer((request, response) => {
    respond(request, response, front).catch(() => response.destroy()); // a client that has gone
  });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function respond(request: IncomingMessage, response: ServerResponse, front: Front): Promise<void> {
  const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  const asked = JSON.parse(await text(request)) as TableRequest;
  const answer = await front(operation, asked, () => answerOf(operation, asked));
  if (!answer) return void response.destroy();
  response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(answer.body));
}

function answerOf(operation: string, request: TableRequest): Answer {
  try {
    return { status: 200, body: perform(operation, request) };
  } catch (error) {
    return refusal(error instanceof Refusal ? error.message : 'ValidationException', String(error));
  }
}

/** An exception of DynamoDB, by its name. */
export function refusal(name: string, message: string, status = 400): Answer {
  return { status, body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message } };
}
