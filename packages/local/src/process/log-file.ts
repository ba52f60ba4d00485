import { type WriteStream, createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';

const defaultLimit = 5 * 1024 * 1024;

/**
 * A log file of bounded size: when it is full it becomes `<path>.1`, replacing the one before.
 * Writing never fails: a log that cannot be written must not stop what it describes.
 */
export class LogFile {
  readonly #path: string;
  readonly #limit: number;
  #stream: WriteStream | undefined;
  #size = 0;

  /** @param limit bytes. @default 5 MiB */
  constructor(path: string, limit = defaultLimit) {
    this.#path = path;
    this.#limit = limit;
  }

  write(text: string | Buffer): void {
    this.#stream ??= this.#open();
    if (this.#size > this.#limit) this.#rotate();
    this.#size += text.length;
    this.#stream.write(text);
  }

  /** Write everything that comes from `source`, and call `onLine` for each line. */
  follow(source: Readable, onLine?: (line: string) => void): void {
    let rest = '';
    source.on('error', () => undefined);
    source.on('data', (chunk: Buffer) => {
      this.write(chunk);
      if (!onLine) return;
      const lines = (rest + chunk.toString()).split('\n');
      rest = (lines.pop() ?? '').slice(-10_000);
      for (const line of lines) if (line.trim() !== '') onLine(line);
    });
  }

  close(): void {
    this.#stream?.end();
    this.#stream = undefined;
  }

  #open(): WriteStream {
    mkdirSync(dirname(this.#path), { recursive: true });
    this.#size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    const stream = createWriteStream(this.#path, { flags: 'a', mode: 0o600 });
    stream.on('error', () => undefined);
    return stream;
  }

  #rotate(): void {
    this.#stream?.end();
    renameSync(this.#path, `${this.#path}.1`);
    this.#stream = this.#open();
  }
}
