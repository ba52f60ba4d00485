import { readFile, readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/**
 * A folder as the CDK would upload it: the same files, modes and (fixed) times, by the same library; so that the same
 * code has the same hash at Lambda whoever put it there.
 */
export async function zipFolder(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const zip = new ZipFile();
  for (const file of files) {
    const [data, { mode }] = await Promise.all([readFile(file), stat(file)]);
    const name = relative(folder, file).split(sep).join('/');
    zip.addBuffer(data, name, { mtime: new Date(1980, 0, 1), mode, forceDosTimestamp: true });
  }
  zip.end();
  return buffer(zip.outputStream);
}
