import { chmod, link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { AlreadyRunningError } from '../errors.ts';
import { beganAt, isAlive, lockPath, readHolder, type Holder } from './lock-holder.ts';

/** Lock files held by this process. */
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
    // Not all that write here can be told a mode, and conversations are nobody else's on a shared machine.
    await chmod(dataFolder, 0o700);
    const path = lockPath(dataFolder);
    const own: Holder = { pid: process.pid, began: beganAt(process.pid) };
    for (;;) {
      if (await createWhole(path, JSON.stringify(own))) {
        heldHere.add(path);
        return new DataLock(path);
      }
      const other = await readHolder(path);
      const runs = other?.pid === process.pid ? heldHere.has(path) : other && isAlive(other);
      if (other && runs) throw new AlreadyRunningError(other.pid, other.url);
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

/** Create a file with its content in one step: nobody sees it empty. @returns false when it is there already */
async function createWhole(path: string, text: string): Promise<boolean> {
  const beside = `${path}.${process.pid}`;
  await writeFile(beside, text, { mode: 0o600 });
  try {
    await link(beside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(beside, { force: true });
  }
}
