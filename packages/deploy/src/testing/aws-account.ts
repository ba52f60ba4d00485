import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { cloudFormationAnswer } from './cloudformation-answers.ts';
import { AwsRefusal } from './cloudformation-changes.ts';
import { s3Answer, s3Operation } from './s3-answers.ts';
import { ParameterNotFound, ssmAnswer } from './ssm-answers.ts';

/** An AWS error as the services document it. */
export interface Fault {
  code: string;
  message: string;
  /** HTTP status. @default 400 */
  status?: number;
}

export interface FakeStack {
  status: string;
  statusReason?: string;
  template?: unknown;
  terminationProtection?: boolean;
  /** What happened to it, newest last. */
  events?: FakeEvent[];
  /** Resources as they stand, by logical id. */
  resources?: Map<string, FakeResource>;
  /** What the next change or removal of it comes to. @default it succeeds at once */
  next?: FakeOutcome;
}

export interface FakeEvent {
  logicalId: string;
  type: string;
  status: string;
  reason?: string;
}

export interface FakeResource {
  type: string;
  status: string;
  physicalId: string;
}

export interface FakeOutcome {
  /** Events of its resources, in order. */
  events?: FakeEvent[];
  /** Status it ends in, such as `UPDATE_ROLLBACK_COMPLETE`; `hold` leaves it in progress. */
  status?: string;
  /** Logical ids that the change set says would be replaced. */
  replaces?: string[];
}

/** An account in memory behind a local server: enough of SSM, CloudFormation and STS to plan against. */
export interface AwsAccount {
  /** What the SDK needs to talk to it and nothing else. */
  env: Record<string, string>;
  parameters: Map<string, string>;
  /** Of S3, by `<bucket>/<key>`. */
  objects: Map<string, string>;
  stacks: Map<string, FakeStack>;
  /** Operations that were called, in order. */
  calls: string[];
  /** Makes calls of an operation fail, until it is given no fault. */
  fail(operation: string, fault: Fault | undefined): void;
  close(): Promise<void>;
}

export const fakeAccountNumber = '111122223333';

export async function startAwsAccount(): Promise<AwsAccount> {
  const state = {
    parameters: new Map<string, string>(),
    objects: new Map<string, string>(),
    stacks: new Map<string, FakeStack>(),
  };
  const calls: string[] = [];
  const faults = new Map<string, Fault>();
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      if (error instanceof AwsRefusal) return sendFault(response, error, false);
      if (error instanceof ParameterNotFound) return sendFault(response, error, true);
      return response.writeHead(500).end(String(error));
    });
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const target = request.headers['x-amz-target'];
    const isJson = typeof target === 'string';
    const form = new URLSearchParams(isJson ? '' : body);
    const isS3 = !isJson && !form.has('Action');
    const operation = isJson ? (target.split('.')[1] ?? '') : (form.get('Action') ?? s3Operation(request));
    calls.push(operation);
    const fault = faults.get(operation) ?? faults.get('*');
    if (fault) return sendFault(response, fault, isJson);
    if (isJson) {
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      return void response.end(JSON.stringify(ssmAnswer(operation, JSON.parse(body), state.parameters)));
    }
    response.setHeader('content-type', 'text/xml');
    if (isS3) return s3Answer(request, response, body, state.objects);
    response.end(operation === 'GetCallerIdentity' ? identity : cloudFormationAnswer(operation, form, state));
  };
  // A busy machine pauses longer than Node's five seconds, and the SDK here tries each call once.
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    ...state,
    calls,
    env: awsEnvironment(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    fail: (operation, fault) => void (fault ? faults.set(operation, fault) : faults.delete(operation)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function awsEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

const identity =
  '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
  `<Arn>arn:aws:sts::${fakeAccountNumber}:assumed-role/Deployer/alice</Arn><UserId>AROA:alice</UserId>` +
  `<Account>${fakeAccountNumber}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

function sendFault(response: ServerResponse, { code, message, status = 400 }: Fault, isJson: boolean): void {
  response.writeHead(status, { 'content-type': isJson ? 'application/x-amz-json-1.1' : 'text/xml' });
  response.end(
    isJson
      ? JSON.stringify({ __type: code, message })
      : `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  );
}
