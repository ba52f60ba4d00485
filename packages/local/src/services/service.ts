import type { ServiceState } from '../events.ts';
import { messageOf } from '@parley/assembly/errors';
import type { LogFile } from '../process/log-file.ts';
import { type Instance, startInstance } from './instance.ts';
import type { ServiceSpec } from './service-spec.ts';

const firstBackOffMs = 200;
const longestBackOffMs = 10_000;
const settledAfterMs = 30_000;

export interface ServiceOptions {
  workspaceFolder(name: string): string;
  /** Variables set beside the container's own. */
  extraEnvironment(spec: ServiceSpec): Record<string, string>;
  log: LogFile;
  report(state: ServiceState, detail?: string): void;
  onLine(line: string): void;
}

/** The processes of one service: started, replaced and started again when they end. */
export class Service {
  readonly spec: ServiceSpec;
  readonly #options: ServiceOptions;
  readonly #instances = new Set<Instance>();
  readonly #stopping = new AbortController();
  #next = 0;

  constructor(spec: ServiceSpec, options: ServiceOptions) {
    this.spec = spec;
    this.#options = options;
  }

  /** Port of a healthy process, in turn; undefined when there is none. */
  target(): number | undefined {
    const ports = [...this.#instances].map(({ port }) => port);
    this.#next += 1;
    return ports[this.#next % ports.length];
  }

  /**
   * Start all processes and wait until they are healthy.
   * @returns why it could not be started, or undefined; with `retry` it is tried again in the background
   */
  async start(retry: boolean): Promise<string | undefined> {
    this.#options.report('starting');
    const slots = Array.from({ length: this.spec.desiredCount }, () => this.#startOne());
    const errors = (await Promise.all(slots)).filter((error) => error !== undefined);
    const error = errors[0];
    if (error === undefined) {
      this.#options.report('ready');
      return undefined;
    }
    this.#options.report('failed', error);
    if (retry) for (const _ of errors) void this.#keepTrying(firstBackOffMs);
    return error;
  }

  /** Take no new requests, ask the processes to finish, and end them after their stop timeout. */
  async stop(mostSeconds = Number.POSITIVE_INFINITY): Promise<void> {
    this.#stopping.abort();
    const running = [...this.#instances];
    this.#instances.clear();
    const graceMs = Math.min(this.spec.stopTimeoutSeconds, mostSeconds) * 1000;
    await Promise.all(running.map((instance) => instance.stop(graceMs)));
    this.#options.report('stopped');
  }

  async #startOne(): Promise<string | undefined> {
    try {
      const instance = await startInstance({
        spec: this.spec,
        workspaceFolder: this.#options.workspaceFolder,
        extraEnvironment: this.#options.extraEnvironment(this.spec),
        log: this.#options.log,
        onLine: this.#options.onLine,
        signal: this.#stopping.signal,
      });
      if (this.#stopping.signal.aborted) {
        await instance.stop(0);
        return undefined;
      }
      this.#instances.add(instance);
      void this.#restartWhenGone(instance, Date.now());
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }

  async #restartWhenGone(instance: Instance, startedAt: number): Promise<void> {
    const { code, signal } = await instance.exited;
    this.#instances.delete(instance);
    if (this.#stopping.signal.aborted) return;
    this.#options.report('exited', signal ? `by ${signal}` : `with code ${code}`);
    const settled = Date.now() - startedAt > settledAfterMs;
    await this.#keepTrying(settled ? 0 : firstBackOffMs);
  }

  async #keepTrying(firstWaitMs: number): Promise<void> {
    for (
      let waitMs = firstWaitMs;
      ;
      waitMs = Math.min(Math.max(waitMs * 2, firstBackOffMs), longestBackOffMs)
    ) {
      await pause(waitMs, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      const error = await this.#startOne();
      if (this.#stopping.signal.aborted) return;
      this.#options.report(error === undefined ? 'ready' : 'failed', error);
      if (error === undefined) return;
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
