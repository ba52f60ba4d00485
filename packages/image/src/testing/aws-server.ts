import { ECRClient } from '@aws-sdk/client-ecr';
import { SSMClient } from '@aws-sdk/client-ssm';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ImageCloud } from '../use-image.ts';
import { AwsFault, type Operation } from './aws-fault.ts';
import { ecrOperations } from './ecr-operations.ts';
import { registryRoutes } from './registry-routes.ts';
import type { StoredRepository } from './registry-store.ts';
import { ssmOperations, type StoredParameter } from './ssm-operations.ts';

/** ECR's API, its registry and SSM on one loopback port, empty at start. */
export interface AwsServer {
  /** Origin of the registry. */
  url: string;
  /** `authorization` header that its registry asks for. */
  authorization: string;
  cloud: ImageCloud;
  /** Variables by which a process finds it in AWS's place. */
  env: Record<string, string>;
  repositories: Map<string, StoredRepository>;
  parameters: Map<string, StoredParameter>;
  /** Names of the operations asked for, in order. */
  asked: string[];
  /** Makes an operation, or a method of the registry such as `PUT`, fail from now on. */
  refuse(name: string, fault: AwsFault): void;
  close(): Promise<void>;
}

const password = 'secret-of-the-registry';

/** Starts the server. Its registry takes only the password that its ECR hands out. */
export async function startAwsServer(): Promise<AwsServer> {
  const repositories = new Map<string, StoredRepository>();
  const parameters = new Map<string, StoredParameter>();
  const refused = new Map<string, AwsFault>();
  const asked: string[] = [];
  const authorization = `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`;
  let url = '';
  const operations = {
    ...ecrOperations(repositories, password, () => url),
    ...ssmOperations(parameters),
  };
  const registry = registryRoutes(repositories);
  const server = createServer((request, response) => void handle(request, response));
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1];
    if (operation !== undefined) {
      asked.push(operation);
      return answerApi(response, () => call(operations, refused, operation, body));
    }
    const { method = '', headers } = request;
    if (headers.authorization !== authorization)
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="ecr"' }).end();
    const fault = refused.get(method);
    if (fault) return void response.writeHead(403).end(denied(fault));
    const answer = registry({
      method,
      url: new URL(request.url ?? '', url),
      contentType: headers['content-type'] ?? '',
      body,
    });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    authorization,
    cloud: cloudAt(url),
    env: { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    repositories,
    parameters,
    asked,
    refuse: (name, fault) => void refused.set(name, fault),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function cloudAt(endpoint: string): ImageCloud {
  const options = {
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  return { ecr: async () => new ECRClient(options), ssm: async () => new SSMClient(options) };
}

function call(
  operations: Record<string, Operation>,
  refused: Map<string, AwsFault>,
  name: string,
  body: Buffer,
): unknown {
  const fault = refused.get(name);
  if (fault) throw fault;
  const operation = operations[name];
  if (!operation) throw new AwsFault('UnknownOperationException', name);
  return operation(JSON.parse(body.toString()));
}

function answerApi(response: ServerResponse, run: () => unknown): void {
  response.setHeader('content-type', 'application/x-amz-json-1.1');
  try {
    response.end(JSON.stringify(run()));
  } catch (error) {
    if (!(error instanceof AwsFault)) throw error;
    response.writeHead(400).end(JSON.stringify({ __type: error.name, message: error.message }));
  }
}

function denied({ message }: AwsFault): string {
  return JSON.stringify({ errors: [{ code: 'DENIED', message }] });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
