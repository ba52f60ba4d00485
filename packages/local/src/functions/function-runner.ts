import { join } from 'node:path';
import { LogFile } from '../process/log-file.ts';
import { FunctionProcess } from './function-process.ts';
import { type FunctionSpec, type InvocationResult, type OnChunk, failure } from './function-spec.ts';

const keptWarmMs = 10 * 60_000;

/** Processes of one function at one state of its code and configuration. */
interface Pool {
  spec: FunctionSpec;
  log: LogFile;
  idle: FunctionProcess[];
  /** Ends each idle process after a while. */
  timers: Map<FunctionProcess, NodeJS.Timeout>;
  all: Set<FunctionProcess>;
  waiting: (() => void)[];
  retired: boolean;
}

export interface FunctionRunnerOptions {
  dataFolder: string;
  /** Variables every function gets below its own: endpoints and credentials. Asked at each start of a process. */
  baseEnvironment(spec: FunctionSpec): Record<string, string>;
  /** Called for each line a function writes. */
  onLine(functionName: string, line: string): void;
  /** `host:port/path` of the Runtime API, without the process id. */
  runtimeApi(): string;
}

/** Runs Lambda functions in child processes, started at the first invocation and kept warm. */
export class FunctionRunner {
  readonly #options: FunctionRunnerOptions;
  readonly #pools = new Map<string, Pool>();
  readonly #processes = new Map<string, FunctionProcess>();
  #closed = false;

  constructor(options: FunctionRunnerOptions) {
    this.#options = options;
  }

  /**
   * Run one event and wait for its result; a failure of the function is a result too. `onChunk` gets what the function
   * streams meanwhile; without it, that is the result.
   */
  async invoke(spec: FunctionSpec, payload: string, onChunk?: OnChunk): Promise<InvocationResult> {
    if (this.#closed) return failure('ServiceException', 'Local running is stopping.');
    const pool = this.#poolOf(spec);
    const process = await this.#take(pool);
    try {
      return await process.invoke(payload, onChunk);
    } finally {
      this.#giveBack(pool, process);
    }
  }

  /** The process that speaks to the Runtime API under this id. */
  process(id: string): FunctionProcess | undefined {
    return this.#processes.get(id);
  }

  /** Stop the idle processes of functions that are not named any more. */
  keepOnly(fingerprints: Set<string>): void {
    for (const [key, pool] of this.#pools) {
      if (fingerprints.has(pool.spec.fingerprint)) continue;
      this.#pools.delete(key);
      this.#retire(pool);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const running = [...this.#processes.values()];
    for (const process of running) process.stop();
    await Promise.all(running.map((process) => process.exited));
    for (const pool of this.#pools.values()) pool.log.close();
  }

  #poolOf(spec: FunctionSpec): Pool {
    const key = `${spec.name}:${spec.version}`;
    const known = this.#pools.get(key);
    if (known?.spec.fingerprint === spec.fingerprint) return known;
    if (known) this.#retire(known);
    const log = new LogFile(
      join(this.#options.dataFolder, 'logs', `${spec.logGroup.replace(/^\/+/, '')}.log`),
    );
    const pool: Pool = {
      spec,
      log,
      idle: [],
      timers: new Map(),
      all: new Set(),
      waiting: [],
      retired: false,
    };
    this.#pools.set(key, pool);
    return pool;
  }

  async #take(pool: Pool): Promise<FunctionProcess> {
    for (;;) {
      const idle = pool.idle.pop();
      if (idle) clearTimeout(pool.timers.get(idle));
      if (idle?.running) return idle;
      if (idle) continue;
      if (pool.all.size < pool.spec.concurrency) return this.#start(pool);
      await new Promise<void>((resolve) => pool.waiting.push(resolve));
    }
  }

  #start(pool: Pool): FunctionProcess {
    const { spec, log } = pool;
    const environment = { ...this.#options.baseEnvironment(spec), ...spec.environment };
    const { onLine, runtimeApi } = this.#options;
    const process = new FunctionProcess(spec, environment, {
      runtimeApi: runtimeApi(),
      log,
      onLine: (line) => onLine(spec.name, line),
    });
    pool.all.add(process);
    this.#processes.set(process.id, process);
    void process.exited.then(() => {
      pool.all.delete(process);
      clearTimeout(pool.timers.get(process));
      pool.timers.delete(process);
      this.#processes.delete(process.id);
      pool.waiting.shift()?.();
    });
    return process;
  }

  #giveBack(pool: Pool, process: FunctionProcess): void {
    if (pool.retired) process.stop();
    else if (process.running) this.#keepWarm(pool, process);
    pool.waiting.shift()?.();
  }

  #keepWarm(pool: Pool, process: FunctionProcess): void {
    pool.idle.push(process);
    const end = (): void => {
      pool.idle = pool.idle.filter((other) => other !== process);
      process.stop();
    };
    pool.timers.set(process, setTimeout(end, keptWarmMs).unref());
  }

  /** Let what is under way finish in the old processes; start none of them again. */
  #retire(pool: Pool): void {
    pool.retired = true;
    for (const process of pool.idle.splice(0)) process.stop();
  }
}
