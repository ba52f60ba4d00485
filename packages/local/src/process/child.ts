import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { LogFile } from './log-file.ts';

const parentWatch = new URL('./parent-watch.ts', import.meta.url).href;

export interface ChildOptions {
  /** Arguments for Node: its own flags, then the program. */
  nodeArguments: string[];
  cwd: string;
  /** The whole environment: nothing is inherited. */
  env: Record<string, string>;
  log: LogFile;
  onLine?: (line: string) => void;
}

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A child process in a group of its own that ends with its parent, however that ends. */
export class Child {
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcess;
  #gone = false;

  constructor({ nodeArguments, cwd, env, log, onLine }: ChildOptions) {
    this.#process = spawn(process.execPath, ['--import', parentWatch, ...nodeArguments], {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.#process.stdin?.on('error', () => undefined);
    for (const source of [this.#process.stdout, this.#process.stderr]) log.follow(source as Readable, onLine);
    this.exited = this.#watch(log);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get running(): boolean {
    return !this.#gone;
  }

  /** Signal the process and whatever it started. */
  kill(signal: NodeJS.Signals): void {
    if (this.#gone || this.#process.pid === undefined) return;
    try {
      process.kill(-this.#process.pid, signal);
    } catch {
      this.#process.kill(signal);
    }
  }

  /** SIGTERM, then SIGKILL after `graceMs`; resolves when the process is gone. */
  async stop(graceMs: number): Promise<Exit> {
    this.kill('SIGTERM');
    const timer = setTimeout(() => this.kill('SIGKILL'), graceMs);
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }

  async #watch(log: LogFile): Promise<Exit> {
    try {
      const [code, signal] = (await once(this.#process, 'exit')) as [number | null, NodeJS.Signals | null];
      return { code, signal };
    } catch (error) {
      log.write(`Could not be started: ${String(error)}\n`);
      return { code: 127, signal: null };
    } finally {
      this.#gone = true;
    }
  }
}
