import type { ECRClient } from '@aws-sdk/client-ecr';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { imageRepository, type Prefix } from '@parley/contract/names';
import { ImageError } from './errors.ts';
import { writeImageTag } from './image-tag-parameter.ts';
import type { ImageTag } from './image-tag.ts';
import { findImage } from './registry/images.ts';
import { markInUse } from './registry/images-in-use.ts';
import { withRefusalsExplained } from './registry/refusals.ts';

/** The clients images need, made when they are asked for. */
export interface ImageCloud {
  ecr(): Promise<ECRClient>;
  ssm(): Promise<SSMClient>;
}

export interface UseImageOptions {
  cloud: ImageCloud;
  prefix: Prefix;
  service: string;
  tag: ImageTag;
}

/**
 * Makes an image that is in the repository the one that the service's next deploy uses, and keeps it from being
 * expired. For a push as for the way back to an earlier image.
 * @returns whether it was another one before
 * @throws ImageError `image-missing` when the repository does not have it
 */
export async function useImage({ cloud, prefix, service, tag }: UseImageOptions): Promise<boolean> {
  const [ecr, ssm] = await Promise.all([cloud.ecr(), cloud.ssm()]);
  return await withRefusalsExplained(async () => {
    if ((await findImage(ecr, prefix, service, tag)) === undefined) {
      throw new ImageError(
        'image-missing',
        `There is no image ${imageRepository(prefix, service)}:${tag} in the registry: build and push it first.`,
      );
    }
    // First, so that the parameter never names an image that may go.
    await markInUse(ecr, prefix, service, tag);
    return await writeImageTag(ssm, prefix, service, tag);
  });
}
