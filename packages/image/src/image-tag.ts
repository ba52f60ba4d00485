import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { baseInputs } from './base/base-inputs.ts';
import { containerfile } from './containerfile.ts';
import { ImageError } from './errors.ts';
import { filesBelow } from './files.ts';
import type { ImageService } from './image-services.ts';

/** Tag of an image: a hash of all that goes into it. Never a repository's name or an address. */
export type ImageTag = string & { readonly imageTag: unique symbol };

/** What a tag looks like. The parameter that holds it refuses everything else. */
export const imageTagPattern = '^[0-9a-f]{32}$';

/** Checks that a text is a tag. Throws `bad-tag` with what to give in its place. */
export function parseImageTag(text: string): ImageTag {
  if (new RegExp(imageTagPattern).test(text)) return text as ImageTag;
  throw new ImageError(
    'bad-tag',
    `${JSON.stringify(text)} is no image tag: expected 32 characters of 0-9 and a-f, without registry or repository.`,
  );
}

/**
 * Tag of the image that a service's built folder, its base and its architecture make: the same on every machine,
 * known without building anything. Throws `not-built` when the folder is missing or empty.
 */
export async function imageTag({ folder, architecture, command }: ImageTagInput): Promise<ImageTag> {
  const paths = await filesBelow(folder);
  if (paths.length === 0) {
    throw new ImageError('not-built', `${folder} holds no files. Build it first: npx turbo run build`);
  }
  const files = await Promise.all(
    paths.map(async (path) => [path, sha256(await readFile(join(folder, path)))]),
  );
  const inputs = {
    architecture,
    containerfile: containerfile(command),
    base: await baseInputs(folder, architecture),
    files,
  };
  return sha256(JSON.stringify(inputs)).slice(0, 32) as ImageTag;
}

export type ImageTagInput = Pick<ImageService, 'folder' | 'architecture' | 'command'>;

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
