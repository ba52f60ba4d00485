import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BucketStore } from '../aws/bucket-store.ts';
import { messageOf } from '@parley/assembly/errors';
import { serveFromBucket } from './bucket-origin.ts';
import type { Behavior, Distribution } from './distribution.ts';
import type { HeaderRules } from './header-rules.ts';
import { runViewerFunction } from './viewer-function.ts';

export interface EdgeOptions {
  buckets: BucketStore;
  /** Lets the load balancer answer, with these headers changed on the way back. */
  toBalancer(request: IncomingMessage, response: ServerResponse, url: URL, headers: HeaderRules): void;
}

/** One request at a distribution. */
interface Visit {
  distribution: Distribution;
  behavior: Behavior;
  request: IncomingMessage;
  response: ServerResponse;
}

/** The distribution's place: sends each request to the origin its path belongs to. */
export class Edge {
  readonly #options: EdgeOptions;

  constructor(options: EdgeOptions) {
    this.#options = options;
  }

  /** Answer a request as the distribution would. Never rejects. */
  async serve(
    distribution: Distribution,
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
  ): Promise<void> {
    const behavior = distribution.behaviorOf(url.pathname);
    if (!behavior.methods.includes(request.method ?? 'GET')) {
      const allowed = behavior.methods.join(', ');
      return refuse(response, 403, `${request.method} is not allowed here; allowed are ${allowed}.\n`);
    }
    const visit = { distribution, behavior, request, response };
    const target = await this.#throughFunction(visit, url);
    if (target) await this.#toOrigin(visit, target);
  }

  /** The address to ask the origin for; undefined when the function has answered, or failed. */
  async #throughFunction(visit: Visit, url: URL): Promise<URL | undefined> {
    const { behavior, request, response, distribution } = visit;
    if (behavior.requestFunction === undefined) return url;
    try {
      const decision = await runViewerFunction(behavior.requestFunction, request, url, distribution.id);
      if (decision.type === 'answer') {
        const about = { ...decision.headers, 'content-length': decision.body.length };
        response.writeHead(decision.status, behavior.headers.applyTo(about)).end(decision.body);
        return undefined;
      }
      Object.assign(request.headers, decision.headers);
      return new URL(decision.path + decision.query, url);
    } catch (error) {
      refuse(response, 503, `The distribution's function failed: ${messageOf(error)}\n`);
      return undefined;
    }
  }

  async #toOrigin({ distribution, behavior, request, response }: Visit, url: URL): Promise<void> {
    const { origin, headers, compress } = behavior;
    switch (origin.type) {
      case 'bucket': {
        const path = url.pathname === '/' ? `/${distribution.rootObject}` : url.pathname;
        const key = decoded(`${origin.folder}${path}`.replace(/^\//, ''));
        const { bucket, mayList } = origin;
        const asked = { request, response, bucket, mayList, key, compress, headers };
        return serveFromBucket(this.#options.buckets, asked);
      }
      case 'balancer':
        request.url = url.pathname + url.search;
        return this.#options.toBalancer(request, response, url, headers);
      default:
        return refuse(response, 502, `Local running does not reach the origin ${origin.domain}.\n`);
    }
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
