import { env } from '@parley/contract/names';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { ImageError } from './errors.ts';
import type { ImageService } from './image-services.ts';

/** Stands for every value that only a deploy knows: an address at which nobody answers. */
const unknownValue = 'http://127.0.0.1:9/known-once-deployed';
const printedMax = 4000;

export interface ProbeOptions {
  /** Milliseconds until it must answer. @default 30 seconds */
  withinMs?: number;
  signal?: AbortSignal | undefined;
}

/**
 * Starts what an image will hold, alone in an empty folder, by its task's command and environment, and waits until it
 * answers 200 at its health path. It reaches no AWS: credentials and addresses are made up.
 * Throws `probe-failed` with what it printed.
 */
export async function probe(
  service: ImageService,
  { withinMs = 30_000, signal }: ProbeOptions = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-probe-'));
  const stop = new AbortController();
  const port = await freePort();
  try {
    await cp(service.folder, folder, { recursive: true, dereference: true });
    const child = execa(process.execPath, [...endWithParent, ...nodeArguments(service)], {
      cwd: folder,
      env: probeEnvironment(service, port),
      extendEnv: false,
      all: true,
      reject: false,
      cancelSignal: AbortSignal.any([stop.signal, ...(signal ? [signal] : [])]),
      forceKillAfterDelay: 2000,
      stdin: 'pipe',
    });
    const said = await Promise.race([
      untilHealthy(service, port, Date.now() + withinMs, stop.signal),
      child.then(
        ({ exitCode, signal: by }) => `it ended with ${by ?? `code ${exitCode}`} before it answered`,
      ),
    ]);
    stop.abort();
    const { all } = await child;
    signal?.throwIfAborted();
    if (said !== undefined) throw failure(service, said, all);
  } finally {
    stop.abort();
    await rm(folder, { recursive: true, force: true });
  }
}

/** However this process goes, what it tried goes too: its standard input ends then. */
const endWithParent = [
  '--import',
  `data:text/javascript,process.stdin.resume().on("end",()=>process.kill(process.pid,"SIGKILL")).unref()`,
];

function nodeArguments({ command, workspace }: ImageService): string[] {
  const [program, ...rest] = command;
  if (program === 'node') return rest;
  throw new ImageError(
    'probe-failed',
    `The image of ${workspace} would run ${JSON.stringify(command)}: expected a Node program, such as ["node", "server.mjs"].`,
  );
}

function probeEnvironment({ environment }: ImageService, port: number): Record<string, string> {
  const own = Object.entries(environment).map(([name, value]) => [name, value ?? unknownValue]);
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    AWS_ACCESS_KEY_ID: 'probe',
    AWS_SECRET_ACCESS_KEY: 'probe',
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL: unknownValue,
    ...(Object.fromEntries(own) as Record<string, string>),
    [env.port]: String(port),
    [env.host]: '127.0.0.1',
  };
}

/** @returns what was wrong when time ran out, or undefined once it is healthy */
async function untilHealthy(
  { healthPath }: ImageService,
  port: number,
  deadline: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  let last = 'nothing listens on the port it was given in PORT';
  while (Date.now() < deadline && !signal.aborted) {
    try {
      const timeout = AbortSignal.timeout(5000);
      const answer = await fetch(`http://127.0.0.1:${port}${healthPath ?? '/'}`, { signal: timeout });
      await answer.body?.cancel();
      if (answer.status === 200 || healthPath === undefined) return undefined;
      last = `it answered ${answer.status} at ${healthPath}`;
    } catch {
      // Not listening yet.
    }
    await delay(20);
  }
  return `${last} in time`;
}

function failure({ workspace, healthPath }: ImageService, said: string, printed: string): ImageError {
  return new ImageError(
    'probe-failed',
    `The image of ${workspace} would not run: started alone from its dist folder, expected 200 at ` +
      `${healthPath ?? '/'}, but ${said}. It printed:\n${printed.trim().slice(-printedMax) || '(nothing)'}`,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
