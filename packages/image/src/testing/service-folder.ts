import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ImageService } from '../image-services.ts';

/** A lockfile that pins a Node for each architecture, as far as an image's tag reads it. */
export const sampleLockfile = ['arm64', 'x64']
  .map((cpu) => `  node-linux-${cpu}@24.21.0:\n    resolution: {integrity: sha512-${cpu}==}\n`)
  .join('\n');

/** A service in a workspace of its own, in a temporary folder. */
export interface ServiceFolder {
  root: string;
  service: ImageService;
  remove(): Promise<void>;
}

/** Creates a workspace with one built service. `files` are below its dist folder. */
export async function createServiceFolder(
  files: Record<string, string>,
  lockfile: string = sampleLockfile,
): Promise<ServiceFolder> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'parley image ')));
  const folder = join(root, 'apps/echo/dist');
  await writeFile(join(root, 'pnpm-lock.yaml'), lockfile);
  await mkdir(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return {
    root,
    service: {
      service: 'echo',
      workspace: '@test/echo',
      folder,
      architecture: 'arm64',
      command: ['node', 'server.mjs'],
      healthPath: '/health',
      environment: { PORT: '8080' },
    },
    remove: () => rm(root, { recursive: true }),
  };
}
