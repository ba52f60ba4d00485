import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const holder = z.object({
  pid: z.number(),
  /** When the process began, as the kernel counts; tells it from a later one with the same number. */
  began: z.string(),
  url: z.string().optional(),
});
export type Holder = z.infer<typeof holder>;

export function lockPath(dataFolder: string): string {
  return join(dataFolder, 'lock.json');
}

/** Who holds a lock file; undefined when nobody does, or when it was cut while it was written. */
export async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holder.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** True while the very process that took the lock runs. */
export function isAlive({ pid, began }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return beganAt(pid) === began;
}

/** When a process began, in kernel ticks; empty where the system does not tell. */
export function beganAt(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A killed process keeps its entry until its parent has asked for its end; it runs no more.
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
