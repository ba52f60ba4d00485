import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Fault } from './aws-account.ts';

/** What an operation answers: the body (JSON, or the XML inside the result), or an error as AWS documents it. */
export type Answer = string | object | { fault: Fault } | typeof never | ((body: string) => Answer);

/** No answer at all. */
export const never = Symbol('never');

/** A local server that answers each operation as it is told to, and refuses every other one as AWS does. */
export interface AwsAnswers {
  env: Record<string, string>;
  /** By operation, or by path where a service has paths. */
  answers: Map<string, Answer>;
  close(): Promise<void>;
}

export async function startAwsAnswers(first: Readonly<Record<string, Answer>>): Promise<AwsAnswers> {
  const answers = new Map(Object.entries(first));
  const server = createServer((request, response) => void answerTo(request, response));
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const { operation, wire } = operationOf(request, body);
    const told = answers.get(operation) ?? refusal(operation);
    const answer = typeof told === 'function' ? (told as (body: string) => Answer)(body) : told;
    if (answer === never) return;
    response.setHeader('content-type', wire === 'query' ? 'text/xml' : 'application/x-amz-json-1.1');
    if (isFault(answer)) {
      const { code, message, status = 400 } = answer.fault;
      response.writeHead(status, { 'x-amzn-errortype': code });
      response.end(wire === 'query' ? xmlFault(code, message) : JSON.stringify({ __type: code, message }));
    } else if (typeof answer === 'string') {
      // EC2 knows no element around its results.
      const isEc2 = /(^|&)Version=2016-11-15(&|$)/.test(body);
      const result = isEc2 ? answer : `<${operation}Result>${answer}</${operation}Result>`;
      response.end(`<${operation}Response>${result}</${operation}Response>`);
    } else response.end(JSON.stringify(answer));
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    answers,
    env: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function operationOf({ headers, url = '' }: IncomingMessage, body: string) {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return { operation: target.split('.').at(-1) ?? '', wire: 'json' };
  const action = new URLSearchParams(body).get('Action');
  if (action !== null) return { operation: action, wire: 'query' };
  return { operation: decodeURIComponent(url.split('?')[0] ?? ''), wire: 'rest' };
}

function refusal(operation: string): Answer {
  const message = `User: arn:aws:sts::111122223333:assumed-role/Deployer/alice is not authorized to perform: ${operation}`;
  return { fault: { code: 'AccessDeniedException', message, status: 403 } };
}

function isFault(answer: Answer): answer is { fault: Fault } {
  return typeof answer === 'object' && 'fault' in answer;
}

function xmlFault(code: string, message: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
}
