import type { ImageDetail } from '@aws-sdk/client-ecr';
import { type Prefix, imageRepository } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';
import { DeployError } from '../errors.ts';
import type { LiveService } from './live-services.ts';

/** The image that a service's task definition names, and what it is in the registry. */
export interface WantedImage {
  /** Name of the container that runs it. */
  container: string;
  tag: string;
  /** Digest of the tag; of an index also those of the images in it, of which a task runs one. */
  digests: ReadonlySet<string>;
  digest: string;
}

/** Media types of a list of images for several processors. */
const indexTypes = /image\.index|manifest\.list/;

/**
 * Looks up in the registry what the tag of a task definition's image is. Undefined when it names none of Parley's.
 * @throws DeployError `image-missing` when the registry does not have it
 */
export async function wantedImage(
  cloud: Cloud,
  prefix: Prefix,
  { service, wanted }: LiveService,
): Promise<WantedImage | undefined> {
  const { DescribeTaskDefinitionCommand } = await import('@aws-sdk/client-ecs');
  const { taskDefinition } = await (
    await cloud.ecs()
  ).send(new DescribeTaskDefinitionCommand({ taskDefinition: wanted }));
  const repository = imageRepository(prefix, service);
  for (const { name = '', image = '' } of taskDefinition?.containerDefinitions ?? []) {
    const [, tag] = image.split(`/${repository}:`);
    if (tag === undefined) continue;
    const detail = await describeImage(cloud, repository, tag);
    const digest = detail.imageDigest ?? '';
    const digests = new Set([digest, ...(await imagesOfIndex(cloud, repository, detail))]);
    return { container: name, tag, digest, digests };
  }
  return undefined;
}

async function describeImage(cloud: Cloud, repositoryName: string, imageTag: string): Promise<ImageDetail> {
  const { DescribeImagesCommand } = await import('@aws-sdk/client-ecr');
  const client = await cloud.ecr();
  try {
    const { imageDetails = [] } = await client.send(
      new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag }] }),
    );
    if (imageDetails[0]) return imageDetails[0];
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (name !== 'ImageNotFoundException' && name !== 'RepositoryNotFoundException') throw error;
  }
  throw new DeployError(
    'image-missing',
    `The registry does not have ${repositoryName}:${imageTag}, which the service should run: no new task of it could start.`,
    { nextStep: 'Deploy it again, which pushes the image.' },
  );
}

async function imagesOfIndex(
  cloud: Cloud,
  repositoryName: string,
  { imageDigest, imageManifestMediaType = '' }: ImageDetail,
): Promise<string[]> {
  if (!indexTypes.test(imageManifestMediaType)) return [];
  const { BatchGetImageCommand } = await import('@aws-sdk/client-ecr');
  const { images = [] } = await (
    await cloud.ecr()
  ).send(
    new BatchGetImageCommand({
      repositoryName,
      imageIds: [{ imageDigest }],
      acceptedMediaTypes: [imageManifestMediaType],
    }),
  );
  const index = JSON.parse(images[0]?.imageManifest ?? '{}') as { manifests?: { digest: string }[] };
  return (index.manifests ?? []).map(({ digest }) => digest);
}
