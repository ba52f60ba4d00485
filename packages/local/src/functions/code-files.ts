import { createHash } from 'node:crypto';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const codeFiles = z.record(z.string(), z.object({ size: z.number(), sha256: z.string() }));

/** Write down, beside a folder of code, which files it has. */
export async function recordFiles(folder: string, recordFile: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const files = await Promise.all(
    paths.map(async (path) => {
      const content = await readFile(path);
      return [path.slice(folder.length + 1), { size: content.length, sha256: sha256(content) }] as const;
    }),
  );
  await writeFile(recordFile, JSON.stringify(Object.fromEntries(files)));
}

/** Whether a folder of code still has every file it was recorded with; false too where there is no record. */
export async function isWhole(folder: string, recordFile: string): Promise<boolean> {
  try {
    const files = codeFiles.parse(JSON.parse(await readFile(recordFile, 'utf8')));
    const checks = Object.entries(files).map(async ([path, { size, sha256: hash }]) => {
      const file = join(folder, path);
      return (await stat(file)).size === size && sha256(await readFile(file)) === hash;
    });
    return (await Promise.all(checks)).every(Boolean);
  } catch {
    return false;
  }
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
