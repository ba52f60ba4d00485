import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Child } from '../process/child.ts';
import type { LogFile } from '../process/log-file.ts';
import { type FunctionSpec, type InvocationResult, failure, payloadLimit } from './function-spec.ts';

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

  /** Run one event. Never rejects: a failure is a result. Call it only while no other is under way. */
  invoke(payload: string): Promise<InvocationResult> {
    const requestId = randomUUID();
    return new Promise((settle) => {
      this.#current = { requestId, payload, settle };
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
    const tooLarge = Buffer.byteLength(payload) > payloadLimit;
    const message = `Response payload size exceeded maximum allowed payload size (${payloadLimit} bytes).`;
    this.#settle(tooLarge ? failure('Function.ResponseSizeTooLarge', message) : { payload });
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

  #settle(result: InvocationResult): void {
    clearTimeout(this.#timer);
    const current = this.#current;
    this.#current = undefined;
    current?.settle(result);
  }
}
