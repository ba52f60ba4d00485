import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '@parley/assembly/errors';
import { LocalError } from '../errors.ts';

/**
 * A JSON document on disk that survives a kill at any point: it is written beside itself, flushed and renamed.
 * Writes asked for while one is under way become one write.
 */
export class JsonFile<T> {
  readonly #path: string;
  readonly #mode: number;
  #writing: Promise<void> | undefined;
  #next: { value: T; done: Promise<void> } | undefined;

  /** @param mode permission bits of the file; 0600 for secrets */
  constructor(path: string, mode = 0o600) {
    this.#path = path;
    this.#mode = mode;
  }

  /** What the file holds, or undefined when there is none. */
  async read(parse: (value: unknown) => T): Promise<T | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      return parse(JSON.parse(text));
    } catch (error) {
      throw new LocalError(
        `${this.#path} is not what local running wrote: ${messageOf(error)} ` +
          'To begin with empty data: npx pnpm run reset',
        { cause: error },
      );
    }
  }

  /** Resolves once `value`, as it is when its turn comes, stands on disk. */
  write(value: T): Promise<void> {
    if (this.#next) {
      this.#next.value = value;
      return this.#next.done;
    }
    const before = this.#writing ?? Promise.resolve();
    const next = {
      value,
      done: before.then(() => {
        this.#next = undefined;
        this.#writing = this.#replace(next.value);
        return this.#writing;
      }),
    };
    this.#next = next;
    return next.done;
  }

  /** Remove the file, after writes under way. */
  async remove(): Promise<void> {
    await this.#next?.done;
    await this.#writing;
    await rm(this.#path, { force: true });
  }

  async #replace(value: T): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true });
    const beside = `${this.#path}.new`;
    const file = await open(beside, 'w', this.#mode);
    try {
      await file.writeFile(JSON.stringify(value, null, 1));
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(beside, this.#path);
  }
}
