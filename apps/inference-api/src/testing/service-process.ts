import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The service as a process of its own. */
export interface ServiceProcess {
  url: string;
  process: ChildProcess;
  /** Resolves with the exit code, or the signal that ended it. */
  exited: Promise<number | string>;
}

export interface ServiceProcessOptions {
  /** Its program: `src/server.ts`, or what was built from it. */
  entry: string;
  /** All of its environment. */
  environment: Record<string, string>;
  /** Options of Node itself. Default: none. */
  nodeArguments?: readonly string[];
}

/** Starts the service, and resolves once it listens. Rejects when it ends before that. */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const { entry, environment, nodeArguments = [] } = options;
  const child = spawn(process.execPath, [...nodeArguments, entry], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const { message, port } = JSON.parse(line) as { message: string; port?: number };
      if (message === 'listening' && port) resolve(port);
    });
    void exited.then((code) => reject(new Error(`the service ended at start with ${code}`)));
  });
  return { url: `http://127.0.0.1:${port}`, process: child, exited };
}
