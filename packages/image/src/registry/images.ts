import { DescribeImagesCommand, type ECRClient } from '@aws-sdk/client-ecr';
import { imageRepository, type Prefix } from '@parley/contract/names';
import type { ImageTag } from '../image-tag.ts';
import { isNamed } from './aws-error.ts';

/** Digest of a service's image with a tag; undefined when there is none, or no repository yet. */
export async function findImage(
  ecr: ECRClient,
  prefix: Prefix,
  service: string,
  tag: ImageTag,
): Promise<string | undefined> {
  const repositoryName = imageRepository(prefix, service);
  try {
    const { imageDetails } = await ecr.send(
      new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: tag }] }),
    );
    return imageDetails?.[0]?.imageDigest;
  } catch (error) {
    if (isNamed(error, 'ImageNotFoundException') || isNamed(error, 'RepositoryNotFoundException'))
      return undefined;
    throw error;
  }
}
