import { BatchGetImageCommand, PutImageCommand, type ECRClient, type Image } from '@aws-sdk/client-ecr';
import { imageRepository, type Prefix } from '@parley/contract/names';
import type { ImageTag } from '../image-tag.ts';
import { isNamed } from './aws-error.ts';

/** What the tags begin with that keep an image from being expired. */
export const inUsePrefix = 'in-use';

/**
 * Tags that move: the image the next deploy uses, and the one before it, which still runs until that deploy is
 * through and comes back when it fails.
 */
export const inUseTags = { now: inUsePrefix, before: `${inUsePrefix}-before` } as const;

/** Marks a service's image as the one in use. Marking it again changes nothing. */
export async function markInUse(
  ecr: ECRClient,
  prefix: Prefix,
  service: string,
  tag: ImageTag,
): Promise<void> {
  const repositoryName = imageRepository(prefix, service);
  const wanted = await imageTagged(ecr, repositoryName, tag);
  const current = await imageTagged(ecr, repositoryName, inUseTags.now);
  if (!wanted || current?.imageId?.imageDigest === wanted.imageId?.imageDigest) return;
  if (current) await tagAs(ecr, current, inUseTags.before);
  await tagAs(ecr, wanted, inUseTags.now);
}

async function imageTagged(
  ecr: ECRClient,
  repositoryName: string,
  imageTag: string,
): Promise<Image | undefined> {
  const { images } = await ecr.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag }] }));
  return images?.[0];
}

async function tagAs(ecr: ECRClient, image: Image, imageTag: string): Promise<void> {
  const { repositoryName, imageManifest, imageManifestMediaType } = image;
  try {
    await ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageManifestMediaType, imageTag }));
  } catch (error) {
    // The image has that tag already.
    if (!isNamed(error, 'ImageAlreadyExistsException')) throw error;
  }
}
