import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Child } from '../process/child.ts';
import type { LogFile } from '../process/log-file.ts';
import {
  type FunctionSpec,
  type InvocationResult,
  type OnChunk,
  failure,
  payloadLimit,
  streamLimit,
} from './function-spec.ts';

const bootstrap = fileURLToPath(new URL('./bootstrap.ts', import.meta.url));

/** Most seconds for loading a function's code. */
const initSeconds = 10;

/** Signals as Lambda words them. */
const signalWords: Partial<Record<NodeJS.Signals, string>> = {
  SIGKILL: 'killed',
  SIGABRT: 'aborted',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};

/** An event on its way through a process. */
interface Invocation {
  requestId: string;
  payload: string;
  /** Absent for a caller that wants the answer in one piece. */
  onChunk: OnChunk | undefined;
  settle(result: InvocationResult): void;
}

/** What the Runtime API hands to a process that asks for its next event. */
export interface NextEvent {
  requestId: string;
  payload: string;
  headers: Record<string, string>;
}

/** Where a process is. */
export interface Surroundings {
  /** `host:port/path` under which it reaches the Runtime API. */
  runtimeApi: string;
  log: LogFile;
  onLine(line: string): void;
}

/** One process of a function: takes one invocation at a time. */
export class FunctionProcess {
  readonly id = randomUUID();
  readonly #spec: FunctionSpec;
  readonly #child: Child;
  readonly #log: LogFile;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #current: Invocation | undefined;
  #initError: InvocationResult | undefined;
  #waiting: ((event: NextEvent) => void) | undefined;

  constructor(spec: FunctionSpec, environment: Record<string, string>, surroundings: Surroundings) {
    const { runtimeApi, log, onLine } = surroundings;
    this.#spec = spec;
    this.#log = log;
    this.#child = new Child({
      nodeArguments: [`--max-old-space-size=${spec.memoryMb}`, bootstrap],
      cwd: spec.codeFolder,
      env: { ...environment, AWS_LAMBDA_RUNTIME_API: `${runtimeApi}/${this.id}` },
      log,
      onLine,
    });
    void this.#child.exited.then(({ code, signal }) => {
      const how = signal ? `signal: ${signalWords[signal] ?? signal}` : `exit status ${code}`;
      const id = this.#current?.requestId ?? '';
      this.#settle(
        this.#initError ??
          failure('Runtime.ExitError', `RequestId: ${id} Error: Runtime exited with error: ${how}`),
      );
    });
  }

  get running(): boolean {
    return this.#child.running && !this.#stopped;
  }

  get exited(): Promise<unknown> {
    return this.#child.exited;
  }

  /**
   * Run one event. Never rejects: a failure is a result. Call it only while no other is under way.
   * `onChunk` gets what a function streams; one that does not stream has its answer in the result.
   */
  invoke(payload: string, onChunk?: OnChunk): Promise<InvocationResult> {
    const requestId = randomUUID();
    return new Promise((settle) => {
      this.#current = { requestId, payload, onChunk, settle };
      // Loading the code has a time of its own, as on Lambda; the function's time begins with the event.
      this.#endAfter(initSeconds);
      this.#deliver();
    });
  }

  /** The process asks for its next event; it waits until there is one. */
  next(take: (event: NextEvent) => void): void {
    this.#waiting = take;
    this.#deliver();
  }

  /** The process answers an invocation. */
  respond(requestId: string, payload: string): void {
    if (this.#current?.requestId !== requestId) return;
    this.#settle(Buffer.byteLength(payload) > payloadLimit ? tooLarge(payloadLimit) : { payload });
  }

  /** The process answers an invocation bit by bit. Where it ends with an error, `failed` says which. */
  async respondStreaming(
    requestId: string,
    chunks: AsyncIterable<Buffer>,
    failed: () => string | undefined,
  ): Promise<void> {
    const current = this.#current;
    if (current?.requestId !== requestId) return;
    const limit = current.onChunk ? streamLimit : payloadLimit;
    const kept: Buffer[] = [];
    let length = 0;
    for await (const chunk of chunks) {
      if (this.#current !== current) return; // timed out meanwhile
      length += chunk.length;
      if (length > limit) return this.#endTooLarge(limit);
      if (current.onChunk) current.onChunk(chunk);
      else kept.push(chunk);
    }
    if (this.#current !== current) return;
    const payload = failed();
    this.#settle(
      payload === undefined
        ? { payload: Buffer.concat(kept).toString() }
        : { payload, functionError: 'Unhandled' },
    );
  }

  /** The process reports that the handler threw. */
  fail(requestId: string, payload: string): void {
    if (this.#current?.requestId === requestId) this.#settle({ payload, functionError: 'Unhandled' });
  }

  /** The process reports that the handler could not be loaded; it ends by itself. */
  failInit(payload: string): void {
    this.#initError = { payload, functionError: 'Unhandled' };
  }

  stop(): void {
    this.#stopped = true;
    this.#child.kill('SIGKILL');
  }

  #deliver(): void {
    if (!this.#waiting || !this.#current) return;
    const { requestId, payload } = this.#current;
    const { timeoutSeconds } = this.#spec;
    const take = this.#waiting;
    this.#waiting = undefined;
    this.#endAfter(timeoutSeconds);
    take({
      requestId,
      payload,
      headers: {
        'lambda-runtime-aws-request-id': requestId,
        'lambda-runtime-deadline-ms': String(Date.now() + timeoutSeconds * 1000),
        'lambda-runtime-invoked-function-arn': this.#spec.arn,
        'lambda-runtime-trace-id': `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${requestId.replaceAll('-', '').slice(0, 24)}`,
      },
    });
  }

  /** Kill the process unless the current invocation is settled within these seconds from now. */
  #endAfter(seconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const what = `Task timed out after ${seconds.toFixed(2)} seconds`;
      const requestId = this.#current?.requestId ?? '';
      this.#log.write(`${requestId} ${what}\n`);
      this.#settle(failure('Sandbox.Timedout', `RequestId: ${requestId} Error: ${what}`));
      this.stop();
    }, seconds * 1000);
  }

  /** What still streams is of no use to anybody. */
  #endTooLarge(limit: number): void {
    this.#settle(tooLarge(limit));
    this.stop();
  }

  #settle(result: InvocationResult): void {
    clearTimeout(this.#timer);
    const current = this.#current;
    this.#current = undefined;
    current?.settle(result);
  }
}

function tooLarge(limit: number): InvocationResult {
  const message = `Response payload size exceeded maximum allowed payload size (${limit} bytes).`;
  return failure('Function.ResponseSizeTooLarge', message);
}
