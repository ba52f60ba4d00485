import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { LocalError } from '../errors.ts';

/**
 * Hash of everything in a folder: what stands for an image's tag, so that changed code changes the task definition.
 * @throws LocalError when the folder is missing or empty
 */
export async function folderHash(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0)
    throw new LocalError(`${folder} holds no files. Build it first (\`turbo run build\`).`);
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${relative(folder, file).split(sep).join('/')}\n`);
    hash.update(
      createHash('sha256')
        .update(await readFile(file))
        .digest(),
    );
  }
  return hash.digest('hex').slice(0, 16);
}
