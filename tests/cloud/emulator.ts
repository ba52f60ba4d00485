import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { childEnvironment, credentials, region } from './env.ts';
import { CloudTestError } from './errors.ts';

/** A running MiniStack: an emulated AWS on one loopback port, empty at start, gone at stop. */
export interface Emulator {
  endpoint: string;
  stop(): Promise<void>;
}

/** Runs the emulator until its standard input ends: however this process goes, it takes the emulator along. */
const program = `
import os, signal, sys, threading
def end_with_parent():
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)
threading.Thread(target=end_with_parent, daemon=True).start()
from ministack.app import main
sys.argv = ['ministack']
main()
`;

const startLimitMs = 30_000;

/** Starts the emulator with its files and log in `folder`. Throws `emulator-not-started` with the log's end. */
export async function startEmulator(python: string, folder: string): Promise<Emulator> {
  const port = await freePort();
  const logFile = join(folder, 'emulator.log');
  const log = createWriteStream(logFile);
  await once(log, 'open');
  const child = spawn(python, ['-c', program], {
    cwd: folder,
    env: {
      ...childEnvironment(folder),
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_HOST: '127.0.0.1',
      MINISTACK_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      PYTHONDONTWRITEBYTECODE: '1',
    },
    // A process group of its own, so that the Lambda functions it starts go down with it.
    detached: true,
    stdio: ['pipe', log, log],
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const emulator = { endpoint, stop: async () => stopGroup(child) };
  try {
    await ready(child, endpoint);
  } catch (cause) {
    await emulator.stop();
    const text = await readFile(logFile, 'utf8');
    throw new CloudTestError(
      'emulator-not-started',
      `The AWS emulator did not start:\n${text.slice(-3000)}`,
      {
        cause,
      },
    );
  }
  return emulator;
}

/** CloudFormation resource types the installed emulator knows. */
export async function emulatedTypes(python: string, folder: string): Promise<Set<string>> {
  const listing =
    'import json; from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS as h; print(json.dumps(list(h)))';
  const { stdout } = await execa(python, ['-c', listing], {
    env: childEnvironment(folder),
    extendEnv: false,
  });
  return new Set(JSON.parse(stdout) as string[]);
}

async function ready(child: ChildProcess, endpoint: string): Promise<void> {
  const limit = AbortSignal.timeout(startLimitMs);
  while (!limit.aborted) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`it ended with ${child.exitCode}`);
    const answer = await fetch(`${endpoint}/_ministack/health`, { signal: limit }).catch(() => undefined);
    if (answer?.ok) return;
    await delay(100);
  }
  throw new Error(`no answer on ${endpoint} within ${startLimitMs / 1000} s`);
}

async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
  signalGroup(child.pid, 'SIGTERM');
  const late = AbortSignal.timeout(5_000);
  await Promise.race([ended, once(late, 'abort')]);
  signalGroup(child.pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: the whole group has ended already.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** A port that is free now. The emulator must know it beforehand: it goes into the URLs it hands out. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return address.port;
}
