import { type Prefix, imageRepository } from '@parley/contract/names';
import type { Cloud } from '../../cloud/connect.ts';

/** When the images of a service were pushed, by tag; those that the registry no longer has are left out. */
export async function pushedImages(
  cloud: Cloud,
  prefix: Prefix,
  service: string,
): Promise<Map<string, Date | undefined>> {
  const { RepositoryNotFoundException, paginateDescribeImages } = await import('@aws-sdk/client-ecr');
  const client = await cloud.ecr();
  const images = new Map<string, Date | undefined>();
  try {
    for await (const page of paginateDescribeImages(
      { client },
      { repositoryName: imageRepository(prefix, service), filter: { tagStatus: 'TAGGED' } },
    )) {
      for (const { imageTags = [], imagePushedAt } of page.imageDetails ?? [])
        for (const tag of imageTags) images.set(tag, imagePushedAt);
    }
  } catch (error) {
    if (!(error instanceof RepositoryNotFoundException)) throw error;
  }
  return images;
}
