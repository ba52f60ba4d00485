/** The processes of the service, each of which can be killed and comes back under its address. */
import { join } from 'node:path';
import { startServiceProcess, type ServiceProcess } from '@parley/inference-api/testing/service-process';
import { env } from '@parley/contract/names';
import { cpuMsOf } from '../stream/process-usage.ts';
import { serviceFolder } from '../stream/service.ts';

/** One process of the service, and those that take its place. */
export interface Replica {
  url: string;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Processor time of all that were here, in milliseconds. */
  cpuMs(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts what is in the service's container. */
export async function startReplica(environment: Record<string, string>): Promise<Replica> {
  const entry = join(serviceFolder, 'dist/server.mjs');
  let current: ServiceProcess | undefined = await startServiceProcess({ entry, environment });
  const { url } = current;
  const samePort = { ...environment, [env.port]: new URL(url).port };
  let before = 0;
  const used = async () => (current ? await cpuMsOf(current.process.pid!) : 0);
  return {
    url,
    async kill() {
      before += await used();
      current?.process.kill('SIGKILL');
      await current?.exited;
      current = undefined;
    },
    async restart() {
      current = await startServiceProcess({ entry, environment: samePort });
    },
    pause: () => current?.process.kill('SIGSTOP'),
    resume: () => current?.process.kill('SIGCONT'),
    cpuMs: async () => before + (await used()),
    async stop() {
      current?.process.kill('SIGCONT');
      current?.process.kill('SIGKILL');
      await current?.exited;
    },
  };
}
