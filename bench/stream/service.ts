import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startServiceProcess } from '@parley/inference-api/testing/service-process';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const serviceFolder = join(root, 'apps/inference-api');

/** Builds what a container of the service runs; from turbo's cache where nothing changed. */
export async function buildService(): Promise<void> {
  try {
    await promisify(execFile)('turbo', ['run', 'build', '--filter=@parley/inference-api'], { cwd: root });
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`inference-api could not be built:\n${stdout}${stderr || message}`, { cause: error });
  }
}

export interface RunningService {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  /** From the backing process. */
  environment: Record<string, string>;
  /** Default: what is in the service's container. */
  entry?: string;
  nodeArguments?: readonly string[];
}

/** Starts the service as its container does. */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { environment, nodeArguments } = options;
  const started = await startServiceProcess({
    entry: options.entry ?? join(serviceFolder, 'dist/server.mjs'),
    environment,
    ...(nodeArguments && { nodeArguments }),
  });
  return {
    url: started.url,
    pid: started.process.pid!,
    stop: async () => {
      started.process.kill();
      await started.exited;
    },
  };
}
