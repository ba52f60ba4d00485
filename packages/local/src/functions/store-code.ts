import { createHash } from 'node:crypto';
import { cp, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ResourceError } from '../errors.ts';
import { type JsonObject, textAt } from '@parley/assembly/values';
import { isWhole, recordFiles } from './code-files.ts';
import { codeFolder } from './find-function.ts';

/**
 * Copy a function's code into the data folder, so that a stack can be rolled back, and its functions called, when
 * the assembly it came from is gone.
 * @param asset gives the path of a file asset by its object key
 * @returns the key under which the code is kept: the same code gives the same key
 */
export async function storeCode(
  dataFolder: string,
  code: JsonObject,
  asset: (objectKey: string) => string | undefined,
): Promise<string> {
  const inline = textAt(code, 'ZipFile');
  if (inline !== undefined) {
    const key = createHash('sha256').update(inline).digest('hex');
    return place(dataFolder, key, async (folder) => {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'index.js'), inline);
    });
  }
  const objectKey = textAt(code, 'S3Key');
  if (objectKey === undefined) {
    throw new ResourceError(
      'Its code is neither an asset nor inline; local running can run Node code from those only.',
    );
  }
  const key = objectKey.replace(/\.zip$/, '').replaceAll(/[^A-Za-z0-9._-]/g, '_');
  const source = asset(objectKey);
  if (source === undefined && !(await isThere(codeFolder(dataFolder, key)))) {
    throw new ResourceError(
      `Its code ${objectKey} is not an asset of this assembly. Synthesize the stack again.`,
    );
  }
  return place(dataFolder, key, async (folder) => {
    if (source === undefined || !(await stat(source)).isDirectory()) {
      throw new ResourceError(
        `Its code ${source ?? objectKey} is not a folder; local running takes no zip files.`,
      );
    }
    await cp(source, folder, { recursive: true, dereference: true });
  });
}

/** Functions of the same code may be made at the same time: each copy has a folder of its own. */
let copies = 0;

async function place(
  dataFolder: string,
  key: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = codeFolder(dataFolder, key);
  if (await isThere(folder)) return key;
  copies += 1;
  const beside = `${folder}.${process.pid}-${copies}.new`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(codeFolder(dataFolder, ''), { recursive: true });
  // Code in .js files is CommonJS on Lambda, whatever the checkout around the data folder says.
  await writeFile(join(codeFolder(dataFolder, ''), 'package.json'), '{}\n');
  await fill(beside);
  await recordFiles(beside, recordOf(folder));
  await rename(beside, folder).catch(async (error: NodeJS.ErrnoException) => {
    await rm(beside, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  return key;
}

/**
 * Copy a function's code anew if a file of its copy is damaged or gone. It stays as it is where the assembly does
 * not have that code any more.
 */
export async function mendCode(
  dataFolder: string,
  { codeKey, code }: { codeKey: string; code: JsonObject },
  asset: (objectKey: string) => string | undefined,
): Promise<void> {
  const folder = codeFolder(dataFolder, codeKey);
  if (await isWhole(folder, recordOf(folder))) return;
  const aside = `${folder}.${process.pid}.damaged`;
  const wasThere = await isThere(folder);
  if (wasThere) await rename(folder, aside);
  try {
    await storeCode(dataFolder, code, asset);
    await rm(aside, { recursive: true, force: true });
  } catch (error) {
    if (!(error instanceof ResourceError)) throw error;
    if (wasThere) await rename(aside, folder);
  }
}

function recordOf(folder: string): string {
  return `${folder}.files.json`;
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
