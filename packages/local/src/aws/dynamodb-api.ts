import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { AwsError } from '../errors.ts';

interface DynaliteOptions {
  path: string;
  createTableMs: number;
  deleteTableMs: number;
  updateTableMs: number;
}

const dynalite = createRequire(import.meta.url)('dynalite') as (options: DynaliteOptions) => Server;

interface Answer {
  status: number;
  headers: Record<string, string | number>;
  text: string;
}

/** The embedded DynamoDB: dynalite on LevelDB in the data folder, without a port of its own. */
export class DynamoDb {
  readonly #server: Server;
  readonly #pending = new Set<Promise<Answer>>();

  constructor(dataFolder: string) {
    const path = join(dataFolder, 'dynamodb');
    this.#server = dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  }

  /** Answer a client's request, whose body has been read. */
  async handle(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const { status, headers, text } = await this.#answer(request.headers, body);
    response.writeHead(status, headers).end(text);
  }

  /**
   * Call an operation from within (`CreateTable`…).
   * @throws AwsError as DynamoDB answers
   */
  async call(operation: string, input: unknown): Promise<unknown> {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': new Date().toISOString(),
      authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local',
    };
    const { status, text } = await this.#answer(headers, Buffer.from(JSON.stringify(input)));
    const answer = JSON.parse(text) as { __type?: string; message?: string };
    if (status === 200) return answer;
    throw new AwsError(answer.__type?.split('#')[1] ?? 'InternalFailure', answer.message ?? text, status);
  }

  /** Close the database; operations under way end first. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#pending);
    // It closes its database only together with a server that listens.
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => this.#server.close(() => resolve()));
    });
  }

  /**
   * Hand dynalite a whole request, apart from any connection: when a client is killed in the middle of one, dynalite
   * would throw where nobody can catch it.
   */
  #answer(headers: IncomingHttpHeaders, body: Buffer): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => {
      const given: Answer = { status: 200, headers: {}, text: '' };
      const request = Object.assign(new EventEmitter(), { headers, url: '/', method: 'POST' });
      const response = Object.assign(new EventEmitter(), {
        statusCode: 200,
        setHeader: (name: string, value: string | number) => void (given.headers[name] = value),
        end: (text = '') => resolve({ ...given, status: response.statusCode, text }),
      });
      try {
        this.#server.emit('request', request, response);
        if (body.length > 0) request.emit('data', body);
        request.emit('end');
      } catch (error) {
        reject(error as Error);
      }
    });
    this.#pending.add(answer);
    void answer.catch(() => undefined).finally(() => this.#pending.delete(answer));
    return answer;
  }
}
