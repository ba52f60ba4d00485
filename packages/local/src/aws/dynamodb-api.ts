import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
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

/** The embedded DynamoDB: dynalite on LevelDB in the data folder, without a port of its own. */
export class DynamoDb {
  readonly #server: Server;

  constructor(dataFolder: string) {
    const path = join(dataFolder, 'dynamodb');
    this.#server = dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  }

  /**
   * Answer a client's request. The body is read before: dynalite throws, outside of any handler, when a client
   * that is killed leaves its request half sent.
   */
  handle(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const { headers, url, method } = request;
    const whole = Object.assign(Readable.from(body.length > 0 ? [body] : []), { headers, url, method });
    this.#server.emit('request', whole, response);
  }

  /**
   * Call an operation from within (`CreateTable`…).
   * @throws AwsError as DynamoDB answers
   */
  async call(operation: string, input: unknown): Promise<unknown> {
    const body = Buffer.from(JSON.stringify(input));
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': new Date().toISOString(),
      authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local',
    };
    const request = Object.assign(Readable.from([body]), { headers, url: '/', method: 'POST' });
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve) => {
      const response = Object.assign(new EventEmitter(), {
        statusCode: 200,
        setHeader: () => undefined,
        end: (answer: string) => resolve({ status: response.statusCode, text: answer }),
      });
      this.#server.emit('request', request, response);
    });
    const answer = JSON.parse(text) as { __type?: string; message?: string };
    if (status === 200) return answer;
    throw new AwsError(answer.__type?.split('#')[1] ?? 'InternalFailure', answer.message ?? text, status);
  }

  /** Close the database; requests under way end first. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      // A server that never listened reports an error from close, but must be asked, to close the database.
      this.#server.listen(0, '127.0.0.1', () => this.#server.close(() => resolve()));
    });
  }
}
