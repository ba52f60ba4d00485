import { isAlive, lockPath, readHolder } from './state/lock-holder.ts';

/** A system that another process runs. */
export interface RunningSystem {
  pid: number;
  url: string;
}

/** The system that runs on a data folder, once it has an address; undefined when none does. */
export async function runningSystem(dataFolder: string): Promise<RunningSystem | undefined> {
  const holder = await readHolder(lockPath(dataFolder));
  if (!holder?.url || !isAlive(holder)) return undefined;
  return { pid: holder.pid, url: holder.url };
}
