import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Path prefix of the addresses that custom resources answer to. */
export const responsePath = '/cloudformation-custom-resource/';

/** The endpoint behind `ResponseURL`: each address takes one answer. */
export class CustomResourceResponses {
  readonly #waiting = new Map<string, (body: string) => void>();

  /**
   * A fresh address below `origin`, dated like a presigned one.
   * @returns its path, the answer when it comes, and a way to stop waiting
   */
  open(lifetimeSeconds: number): { path: string; answer: Promise<string>; close: () => void } {
    const id = randomUUID();
    const date = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
    const answer = new Promise<string>((resolve) => this.#waiting.set(id, resolve));
    const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=${date}&X-Amz-SignedHeaders=host&X-Amz-Expires=${lifetimeSeconds}`;
    return { path: `${responsePath}${id}?${query}`, answer, close: () => this.#waiting.delete(id) };
  }

  serve(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const id = (request.url ?? '').slice(responsePath.length).split('?')[0] ?? '';
    const take = this.#waiting.get(id);
    if (request.method !== 'PUT' || !take) return void response.writeHead(403).end();
    this.#waiting.delete(id);
    response.writeHead(200).end();
    take(body.toString());
  }
}
