import type { Architecture } from '@parley/contract/architecture';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ImageError } from '../errors.ts';
import { controlPath, packagedFiles, writtenFiles } from './base-files.ts';
import { openPackage, type OpenedPackage } from './debian-package.ts';
import { withNodePackage } from './node-package.ts';
import { nodePin } from './node-pin.ts';
import { debianPackages } from './pins.ts';

export interface BaseOptions {
  /** Any folder of the workspace whose lockfile pins Node. */
  from: string;
  architecture: Architecture;
  /** @default Debian's own */
  mirrors?: readonly string[];
}

/** Where downloads are kept in a workspace: with its other caches. */
export function downloadCache(root: string): string {
  return join(root, 'node_modules/.cache/parley-image');
}

/**
 * Writes an image's base into an empty folder: Node, the libraries it needs, and nothing that could be run besides.
 * Needs no tool and no right of the system, for any architecture. Throws `base-unavailable`, or `base-wrong`
 * when a pinned package does not hold what it should.
 */
export async function writeBase(folder: string, { from, architecture, mirrors }: BaseOptions): Promise<void> {
  const pin = await nodePin(from, architecture);
  const source = { cache: downloadCache(pin.root), ...(mirrors ? { mirrors } : {}) };
  const opened = await Promise.all(
    debianPackages[architecture].map(async (each) => [each.name, await openPackage(each, source)] as const),
  );
  const packages = new Map(opened);
  const write = async (path: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  for (const file of packagedFiles(architecture)) {
    await write(file.to, contentOf(packages.get(file.package), file.from));
  }
  for (const [name, { control }] of packages) await write(controlPath(name), control);
  for (const [path, text] of Object.entries(writtenFiles)) await write(path, text);
  await withNodePackage(pin, architecture, async (node) => {
    await mkdir(join(folder, 'usr/local/bin'), { recursive: true });
    await mkdir(join(folder, 'usr/share/doc/node'), { recursive: true });
    await copyFile(join(node, 'bin/node'), join(folder, 'usr/local/bin/node'));
    await copyFile(join(node, 'LICENSE'), join(folder, 'usr/share/doc/node/LICENSE'));
  });
}

/** A file's content; that of what it points to when it is a link within its folder. */
function contentOf(source: OpenedPackage | undefined, path: string): Uint8Array {
  const entry = source?.files.get(path);
  if (entry?.link !== undefined) return contentOf(source, join(dirname(path), entry.link));
  if (entry) return entry.content;
  throw new ImageError(
    'base-wrong',
    `Debian's package has no ${path}: the pins in packages/image are wrong.`,
  );
}
