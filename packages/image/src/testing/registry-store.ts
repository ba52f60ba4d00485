import { createHash } from 'node:crypto';

/** An image of a repository of the test's registry. */
export interface StoredImage {
  digest: string;
  mediaType: string;
  manifest: Buffer;
  tags: Set<string>;
}

/** What ECR's API and the registry's protocol both show. */
export interface StoredRepository {
  settings: Record<string, unknown>;
  policy: string | undefined;
  images: StoredImage[];
  blobs: Map<string, Buffer>;
}

export function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** Adds an image or a tag to one. Returns false when the tag belongs to another image and may not move. */
export function putImage(
  repository: StoredRepository,
  manifest: Buffer,
  mediaType: string,
  tag: string | undefined,
): boolean {
  const digest = digestOf(manifest);
  const holder = repository.images.find(({ tags }) => tag !== undefined && tags.has(tag));
  if (tag !== undefined && holder && !mayMove(repository, tag)) return false;
  holder?.tags.delete(tag!);
  let image = repository.images.find((each) => each.digest === digest);
  if (!image) {
    image = { digest, mediaType, manifest, tags: new Set() };
    repository.images.push(image);
  }
  if (tag !== undefined) image.tags.add(tag);
  return true;
}

/** In an immutable repository only the tags that its exclusion filters name may move. */
function mayMove({ settings }: StoredRepository, tag: string): boolean {
  if (!String(settings['imageTagMutability']).startsWith('IMMUTABLE')) return true;
  const filters = (settings['imageTagMutabilityExclusionFilters'] ?? []) as { filter: string }[];
  return filters.some(({ filter }) => filter === tag);
}
