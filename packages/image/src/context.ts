import { chmod, cp, lstat, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBase, type BaseOptions } from './base/write-base.ts';
import { containerfile, contextFolders } from './containerfile.ts';
import type { ImageService } from './image-services.ts';

const programs = /\/usr\/local\/bin\/|\/ld-linux-[^/]*$/;

/**
 * Writes what a builder gets for a service's image: its built folder, the base and the Containerfile, with modes and
 * times that do not depend on this machine.
 * @returns the folder; the caller removes it
 */
export async function writeContext(
  service: ImageService,
  options: Pick<BaseOptions, 'mirrors'> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-image-'));
  try {
    const base = join(folder, contextFolders.base);
    await mkdir(base);
    await writeBase(base, { ...options, from: service.folder, architecture: service.architecture });
    await cp(service.folder, join(folder, contextFolders.app), { recursive: true, dereference: true });
    await writeFile(join(folder, contextFolders.containerfile), containerfile(service.command));
    await makeUniform(folder);
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Readable by everybody, run by everybody where it is a program, and as old as can be. */
async function makeUniform(path: string): Promise<void> {
  const isFolder = (await lstat(path)).isDirectory();
  if (isFolder) for (const name of await readdir(path)) await makeUniform(join(path, name));
  await chmod(path, isFolder || programs.test(path) ? 0o755 : 0o644);
  await utimes(path, 0, 0);
}
