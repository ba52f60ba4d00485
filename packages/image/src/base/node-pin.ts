import type { Architecture } from '@parley/contract/architecture';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ImageError } from '../errors.ts';
import { platforms } from '../platform.ts';

/** The Node that the workspace's lockfile pins, which also runs the workspace itself. */
export interface NodePin {
  /** Workspace folder that holds the lockfile. */
  root: string;
  name: string;
  version: string;
  /** Hash of the npm package, as the lockfile has it. */
  integrity: string;
}

/** Reads the pin for an architecture from the lockfile of the workspace that `from` lies in. */
export async function nodePin(from: string, architecture: Architecture): Promise<NodePin> {
  const root = lockfileFolder(from);
  const name = platforms[architecture].nodePackage;
  const lockfile = join(root, 'pnpm-lock.yaml');
  const found = new RegExp(`^ {2}${name}@(\\S+):\\n {4}resolution: \\{integrity: ([^,}\\s]+)`, 'm').exec(
    await readFile(lockfile, 'utf8'),
  );
  if (found) return { root, name, version: found[1]!, integrity: found[2]! };
  throw new ImageError(
    'base-unavailable',
    `${lockfile} does not pin ${name}, the Node of an ${architecture} image: add it to the root's optionalDependencies.`,
  );
}

function lockfileFolder(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'pnpm-lock.yaml'))) return folder;
    if (folder === dirname(folder)) {
      throw new ImageError(
        'base-unavailable',
        `${from} lies in no workspace: there is no pnpm-lock.yaml above it.`,
      );
    }
  }
}
