import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError } from '../errors.ts';
import type { FunctionRunner } from '../functions/function-runner.ts';
import type { FunctionSpec } from '../functions/function-spec.ts';
import { type LocalCredentials, namesLocalKey } from './credentials.ts';
import { type CustomResourceResponses, responsePath } from './custom-resource-responses.ts';
import type { DynamoDb } from './dynamodb-api.ts';
import { isLambdaPath, sendLambdaError, serveLambda } from './lambda-api.ts';
import { runtimeApiPath, serveRuntimeApi, serveStreamedResponse } from './runtime-api.ts';
import type { S3Api } from './s3-api.ts';
import { asAwsError, readBody, sendJson, sendJsonError } from './wire.ts';

const bodyLimit = 32 * 1024 * 1024;

export interface AwsServerOptions {
  credentials: LocalCredentials;
  dynamodb: DynamoDb;
  s3: S3Api;
  functions: FunctionRunner;
  findFunction(named: string, qualifier: string | undefined): FunctionSpec;
  ssm: Record<string, (input: unknown) => unknown>;
  responses: CustomResourceResponses;
}

/** One loopback server that speaks DynamoDB, S3, SSM, Lambda, Lambda's Runtime API and takes custom resources' answers. */
export class AwsServer {
  readonly #options: AwsServerOptions;
  readonly #server: Server;

  constructor(options: AwsServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      response.on('error', () => undefined);
      this.#serve(request, response).catch(() => response.destroy());
    });
    this.#server.keepAliveTimeout = 60_000;
  }

  /** Start on a free port. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  /** `127.0.0.1:<port>` */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A page that has its own name resolve to 127.0.0.1 sends that name.
    if (request.headers.host !== this.host) return void response.writeHead(403).end('Unknown host.\n');
    const url = request.url ?? '/';
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') return this.#serveJson(target, request, response);
    if (url.startsWith(`${runtimeApiPath}/`) || url.startsWith(responsePath) || isLambdaPath(url)) {
      return this.#serveFunctions(url, request, response);
    }
    await this.#options.s3.serve({ request, response, basePath: '' });
  }

  async #serveJson(target: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.#requireKey(request);
      const body = await readBody(request, bodyLimit);
      if (target.startsWith('DynamoDB_')) return await this.#options.dynamodb.handle(request, body, response);
      const operation = target.startsWith('AmazonSSM.')
        ? this.#options.ssm[target.slice('AmazonSSM.'.length)]
        : undefined;
      if (!operation)
        throw new AwsError('UnknownOperationException', `Local running does not offer ${target}.`);
      sendJson(response, await operation(JSON.parse(body.toString() || '{}')));
    } catch (thrown) {
      sendJsonError(response, asAwsError(thrown));
    }
  }

  async #serveFunctions(url: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { functions, findFunction, responses } = this.#options;
    try {
      if (await serveStreamedResponse(functions, request, response)) return;
      const body = await readBody(request, bodyLimit);
      if (url.startsWith(responsePath)) return responses.serve(request, body, response);
      if (serveRuntimeApi(functions, request, body, response)) return;
      this.#requireKey(request);
      await serveLambda(functions, findFunction, request, body, response);
    } catch (thrown) {
      sendLambdaError(response, asAwsError(thrown));
    }
  }

  #requireKey(request: IncomingMessage): void {
    if (namesLocalKey(request.headers.authorization, this.#options.credentials)) return;
    throw new AwsError(
      'MissingAuthenticationTokenException',
      'The request is not signed with the local key.',
      403,
    );
  }
}
