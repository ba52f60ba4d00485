import { type Prefix, imageRepository } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';

/** A repository of a stage's container images; in no stack. */
export interface ImageRepository {
  name: string;
  images: number;
  bytes: number;
}

export async function readRepositories(cloud: Cloud, prefix: Prefix): Promise<ImageRepository[]> {
  const { paginateDescribeImages, paginateDescribeRepositories } = await import('@aws-sdk/client-ecr');
  const client = await cloud.ecr();
  const found: ImageRepository[] = [];
  for await (const page of paginateDescribeRepositories({ client }, {})) {
    for (const { repositoryName: name = '' } of page.repositories ?? []) {
      if (!name.startsWith(imageRepository(prefix, ''))) continue;
      const repository = { name, images: 0, bytes: 0 };
      for await (const { imageDetails = [] } of paginateDescribeImages(
        { client },
        { repositoryName: name },
      )) {
        repository.images += imageDetails.length;
        repository.bytes += imageDetails.reduce((sum, { imageSizeInBytes = 0 }) => sum + imageSizeInBytes, 0);
      }
      found.push(repository);
    }
  }
  return found;
}
