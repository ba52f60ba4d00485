import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { CustomResourceHandler, InvocationContext } from '../handler.ts';

export const account = '123456789012';
export const region = 'eu-west-1';

/** What CloudFormation is told. */
export interface Answer {
  Status: 'SUCCESS' | 'FAILED';
  Reason?: string;
  PhysicalResourceId: string;
  StackId: string;
  RequestId: string;
  LogicalResourceId: string;
  Data?: Record<string, string>;
}

/** A request as the answer address got it. */
export interface ReceivedPut {
  path: string;
  headers: IncomingMessage['headers'];
  bytes: number;
  answer: Answer;
}

/** Plays the part of CloudFormation: serves the answer addresses and keeps what was put there. */
export interface AnswerAddress {
  url(requestId: string, issuedAt?: Date): string;
  received: ReceivedPut[];
  /** HTTP status per put, first to last; then 200. `cut` breaks the connection. */
  faults: (number | 'cut')[];
  close(): Promise<void>;
}

export async function startAnswerAddress(): Promise<AnswerAddress> {
  const received: ReceivedPut[] = [];
  const faults: (number | 'cut')[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const fault = faults.shift();
      if (fault === 'cut') return request.socket.destroy();
      if (fault === undefined) {
        const answer = JSON.parse(body) as Answer;
        received.push({
          path: request.url ?? '',
          headers: request.headers,
          bytes: Buffer.byteLength(body),
          answer,
        });
      }
      return response.writeHead(fault ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    received,
    faults,
    url: (requestId, issuedAt) =>
      `http://127.0.0.1:${port}/${requestId}?X-Amz-Signature=s3cret${issuedAt ? `&X-Amz-Date=${amzDate(issuedAt)}` : ''}`,
    close: () => closed(server),
  };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function amzDate(date: Date): string {
  return `${date.toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
}

/** A stack and the resource in it an event is about. */
export interface Resource {
  stackId: string;
  logicalResourceId: string;
}

export function stackId(name: string, uuid: string = randomUUID()): string {
  return `arn:aws:cloudformation:${region}:${account}:stack/${name}/${uuid}`;
}

/** An event as CloudFormation sends it; `properties` and `old` are resource properties. */
export interface EventOptions extends Resource {
  type: 'Create' | 'Update' | 'Delete';
  /** Such as `Custom::ParleyAgent`. */
  resourceType: string;
  properties: unknown;
  old?: unknown;
  physicalResourceId?: string | undefined;
  requestId?: string;
  /** Seconds after an arbitrary beginning at which CloudFormation signed the answer address. */
  second?: number | undefined;
}

export function cloudFormationEvent(address: AnswerAddress, options: EventOptions): Record<string, unknown> {
  const { type, resourceType, requestId = randomUUID(), second, physicalResourceId, old } = options;
  const issuedAt = second === undefined ? undefined : new Date(Date.UTC(2026, 10, 21, 6) + second * 1_000);
  return {
    RequestType: type,
    ResponseURL: address.url(requestId, issuedAt),
    StackId: options.stackId,
    RequestId: requestId,
    ResourceType: resourceType,
    LogicalResourceId: options.logicalResourceId,
    ...(physicalResourceId === undefined ? {} : { PhysicalResourceId: physicalResourceId }),
    ResourceProperties: options.properties,
    ...(old === undefined ? {} : { OldResourceProperties: old }),
  };
}

/** Time and ARN of an invocation. */
export function invocation(milliseconds = 30_000, functionName = 'handler'): InvocationContext {
  const end = Date.now() + milliseconds;
  return {
    invokedFunctionArn: functionArn(functionName),
    getRemainingTimeInMillis: () => Math.max(0, end - Date.now()),
  };
}

/** ARN of a function in the account and region of the events. */
export function functionArn(name: string): string {
  return `arn:aws:lambda:${region}:${account}:function:${name}`;
}

/** Sends an event and returns what CloudFormation was told. */
export async function deliver(
  handler: CustomResourceHandler,
  address: AnswerAddress,
  event: unknown,
  context: InvocationContext = invocation(),
): Promise<Answer> {
  const before = address.received.length;
  await handler(event, context);
  const answers = address.received.slice(before);
  if (answers.length !== 1) throw new Error(`expected one answer, got ${answers.length}`);
  return answers[0]!.answer;
}
