import { createRequire } from 'node:module';
import type * as xz from 'xz-decompress';

// Its names are not visible to an import: it is one bundle of CommonJS.
const { XzReadableStream } = createRequire(import.meta.url)('xz-decompress') as typeof xz;

/** One regular file or symbolic link of an archive. */
export interface ArchiveEntry {
  /** Without a leading `./` or `/`. */
  path: string;
  content: Buffer;
  /** What a symbolic link points to. */
  link: string | undefined;
}

/** Members of a Unix `ar` archive by name (ar(5)): a header of 60 bytes, then the data, on even offsets. */
export function readAr(archive: Buffer): Map<string, Buffer> {
  const members = new Map<string, Buffer>();
  for (let at = '!<arch>\n'.length; at + 60 <= archive.length;) {
    const name = archive
      .toString('latin1', at, at + 16)
      .trim()
      .replace(/\/$/, '');
    const size = Number(archive.toString('latin1', at + 48, at + 58));
    members.set(name, archive.subarray(at + 60, at + 60 + size));
    at += 60 + size + (size % 2);
  }
  return members;
}

/** Files and links of a tar archive (ustar). Folders, and longer names than ustar's, are left out. */
export function* readTar(archive: Buffer): Generator<ArchiveEntry> {
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0;) {
    const header = archive.subarray(at, at + 512);
    const size = Number.parseInt(text(header, 124, 12).trim() || '0', 8);
    const type = text(header, 156, 1);
    // GNU's tar, which Debian uses, has other things than a prefix there.
    const prefix = text(header, 257, 6) === 'ustar' ? text(header, 345, 155) : '';
    const path = [prefix, text(header, 0, 100)]
      .filter(Boolean)
      .join('/')
      .replace(/^\.?\//, '');
    if (type === '0' || type === '2') {
      const link = type === '2' ? text(header, 157, 100) : undefined;
      yield { path, content: archive.subarray(at + 512, at + 512 + size), link };
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

/** Decompresses `.xz`, which Node cannot. */
export async function unxz(data: Buffer): Promise<Buffer> {
  const compressed = new Blob([new Uint8Array(data)]).stream();
  return Buffer.from(await new Response(new XzReadableStream(compressed)).arrayBuffer());
}

function text(header: Buffer, at: number, length: number): string {
  return header.toString('utf8', at, at + length).replace(/\0.*$/s, '');
}
