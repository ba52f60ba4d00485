import { type FileHandle, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { AlreadyRunningError } from '../errors.ts';

const holder = z.object({
  pid: z.number(),
  /** When the process began, as the kernel counts; tells it from a later one with the same number. */
  began: z.string(),
  url: z.string().optional(),
});
type Holder = z.infer<typeof holder>;

const heldHere = new Set<string>();

/** Makes sure that one process at a time runs on a data folder. A lock left by a killed process is taken over. */
export class DataLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** @throws AlreadyRunningError naming the process that runs, and its address */
  static async take(dataFolder: string): Promise<DataLock> {
    await mkdir(dataFolder, { recursive: true });
    const path = join(dataFolder, 'lock.json');
    const own: Holder = { pid: process.pid, began: beganAt(process.pid) };
    for (;;) {
      const file = await openNew(path);
      if (file) {
        await file.writeFile(JSON.stringify(own)).finally(() => file.close());
        heldHere.add(path);
        return new DataLock(path);
      }
      const other = await readHolder(path);
      if (other && runs(other, path)) throw new AlreadyRunningError(other.pid, other.url);
      await rm(path, { force: true });
    }
  }

  /** Let a second start say where this one is reached. */
  async announce(url: string): Promise<void> {
    const own: Holder = { pid: process.pid, began: beganAt(process.pid), url };
    await writeFile(`${this.#path}.new`, JSON.stringify(own));
    await rename(`${this.#path}.new`, this.#path);
  }

  async release(): Promise<void> {
    heldHere.delete(this.#path);
    await rm(this.#path, { force: true });
  }
}

async function openNew(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holder.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined; // Cut while it was written.
  }
}

function runs({ pid, began }: Holder, path: string): boolean {
  if (pid === process.pid) return heldHere.has(path);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return beganAt(pid) === began;
}

/** When a process began, in kernel ticks; empty where the system does not tell. */
function beganAt(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
