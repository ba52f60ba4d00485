import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { env as envNames } from '@parley/contract/names';
import { LocalError } from '../errors.ts';
import { Child, type Exit } from '../process/child.ts';
import type { LogFile } from '../process/log-file.ts';
import type { ServiceSpec } from './service-spec.ts';

const readyWithinMs = 30_000;
const pollMs = 20;

/** One running process of a service. */
export interface Instance {
  port: number;
  exited: Promise<Exit>;
  stop(graceMs: number): Promise<Exit>;
}

export interface InstanceOptions {
  spec: ServiceSpec;
  workspaceFolder(name: string): string;
  /** Variables set beside the container's own. */
  extraEnvironment: Record<string, string>;
  log: LogFile;
  onLine(line: string): void;
  signal: AbortSignal;
}

/**
 * Start a process of a service and wait until its health path answers.
 * @throws LocalError when it ends, or is not healthy in time; it is gone then
 */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const { spec, log, onLine, signal } = options;
  const port = await freePort();
  const lastLines: string[] = [];
  const child = new Child({
    nodeArguments: nodeArguments(spec),
    cwd: join(options.workspaceFolder(spec.workspace), 'dist'),
    env: { ...options.extraEnvironment, ...spec.environment, [envNames.port]: String(port) },
    log,
    onLine(line) {
      lastLines.push(line);
      if (lastLines.length > 5) lastLines.shift();
      onLine(line);
    },
  });
  const abort = (): void => child.kill('SIGKILL');
  signal.addEventListener('abort', abort);
  try {
    await whenHealthy(spec, port, child);
  } catch (error) {
    await child.stop(0);
    const tail = lastLines.length > 0 ? ` It last wrote: ${lastLines.join(' | ').slice(-1000)}` : '';
    throw new LocalError(`${error instanceof Error ? error.message : String(error)}${tail}`, {
      cause: error,
    });
  } finally {
    signal.removeEventListener('abort', abort);
  }
  return { port, exited: child.exited, stop: (graceMs) => child.stop(graceMs) };
}

/** The container's command with its `node` replaced by the Node that runs here. */
function nodeArguments(spec: ServiceSpec): string[] {
  const [program, ...rest] = spec.command;
  if (program === 'node' || program?.endsWith('/node')) return rest;
  throw new LocalError(
    `Its command is ${JSON.stringify(spec.command)}; local running starts only Node programs (["node", "server.mjs"]).`,
  );
}

async function whenHealthy(spec: ServiceSpec, port: number, child: Child): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  let last = 'nothing listens yet';
  while (Date.now() < deadline) {
    if (!child.running) {
      const { code, signal } = await child.exited;
      throw new LocalError(`It ended with ${signal ?? `code ${code}`} before it was ready.`);
    }
    if (spec.healthPath === undefined) return;
    try {
      const answer = await fetch(`http://127.0.0.1:${port}${spec.healthPath}`, {
        signal: AbortSignal.timeout(5000),
      });
      await answer.body?.cancel();
      if (answer.status === 200) return;
      last = `it answered ${answer.status}`;
    } catch {
      // Not listening yet.
    }
    await wait(pollMs);
  }
  throw new LocalError(
    `Its health path ${spec.healthPath} gave no 200 within ${readyWithinMs / 1000} s: ${last}.`,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
