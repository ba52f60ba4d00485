import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { cloudFormationAnswer } from './cloudformation-answers.ts';
import { ssmAnswer } from './ssm-answers.ts';

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
}

/** An account in memory behind a local server: enough of SSM, CloudFormation and STS to plan against. */
export interface AwsAccount {
  /** What the SDK needs to talk to it and nothing else. */
  env: Record<string, string>;
  parameters: Map<string, string>;
  stacks: Map<string, FakeStack>;
  /** Operations that were called, in order. */
  calls: string[];
  /** Makes calls of an operation fail, until it is given no fault. */
  fail(operation: string, fault: Fault | undefined): void;
  close(): Promise<void>;
}

export const fakeAccountNumber = '111122223333';

export async function startAwsAccount(): Promise<AwsAccount> {
  const state = { parameters: new Map<string, string>(), stacks: new Map<string, FakeStack>() };
  const calls: string[] = [];
  const faults = new Map<string, Fault>();
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request);
    const target = request.headers['x-amz-target'];
    const isJson = typeof target === 'string';
    const form = new URLSearchParams(isJson ? '' : body);
    const operation = isJson ? (target.split('.')[1] ?? '') : (form.get('Action') ?? '');
    calls.push(operation);
    const fault = faults.get(operation) ?? faults.get('*');
    if (fault) return sendFault(response, fault, isJson);
    if (isJson) {
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      return void response.end(JSON.stringify(ssmAnswer(operation, JSON.parse(body), state.parameters)));
    }
    response.setHeader('content-type', 'text/xml');
    response.end(
      operation === 'GetCallerIdentity' ? identity : cloudFormationAnswer(operation, form, state.stacks),
    );
  };
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
