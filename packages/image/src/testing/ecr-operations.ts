import { AwsFault, type Operation } from './aws-fault.ts';
import { putImage, type StoredImage, type StoredRepository } from './registry-store.ts';

interface Input {
  repositoryName: string;
  repositoryNames: string[];
  imageIds: { imageTag?: string; imageDigest?: string }[];
  imageManifest: string;
  imageManifestMediaType: string;
  imageTag: string;
  lifecyclePolicyText: string;
}

/** The operations of ECR that images need, with the errors its API reference documents. */
export function ecrOperations(
  repositories: Map<string, StoredRepository>,
  password: string,
  endpoint: () => string,
): Record<string, Operation> {
  const find = (name: string): StoredRepository => {
    const found = repositories.get(name);
    if (found) return found;
    const message = `The repository with name '${name}' does not exist in the registry with id '123456789012'`;
    throw new AwsFault('RepositoryNotFoundException', message);
  };
  const shape = (name: string) => ({
    repositoryName: name,
    repositoryUri: `${new URL(endpoint()).host}/${name}`,
  });
  const operations: Record<string, (input: Input) => unknown> = {
    DescribeRepositories: ({ repositoryNames }) => ({
      repositories: repositoryNames.map((name) => ({ ...find(name).settings, ...shape(name) })),
    }),
    CreateRepository: (input) => {
      const { repositoryName } = input;
      repositories.set(repositoryName, {
        settings: { ...input },
        policy: undefined,
        images: [],
        blobs: new Map(),
      });
      return { repository: shape(repositoryName) };
    },
    GetLifecyclePolicy: ({ repositoryName }) => {
      const { policy } = find(repositoryName);
      if (policy === undefined)
        throw new AwsFault('LifecyclePolicyNotFoundException', 'Lifecycle policy does not exist');
      return { lifecyclePolicyText: policy };
    },
    PutLifecyclePolicy: ({ repositoryName, lifecyclePolicyText }) => {
      find(repositoryName).policy = lifecyclePolicyText;
      return {};
    },
    GetAuthorizationToken: () => ({
      authorizationData: [
        { authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'), proxyEndpoint: endpoint() },
      ],
    }),
    DescribeImages: ({ repositoryName, imageIds }) => ({
      imageDetails: imageIds.map(({ imageTag = '' }) => {
        const image = tagged(find(repositoryName), imageTag);
        if (image) return { imageDigest: image.digest, imageTags: [...image.tags] };
        throw new AwsFault(
          'ImageNotFoundException',
          `The image with imageId {imageTag: '${imageTag}'} does not exist`,
        );
      }),
    }),
    BatchGetImage: ({ repositoryName, imageIds }) => ({
      images: imageIds.flatMap(({ imageTag = '' }) => {
        const image = tagged(find(repositoryName), imageTag);
        if (!image) return [];
        const { digest, manifest, mediaType } = image;
        return {
          repositoryName,
          imageId: { imageDigest: digest, imageTag },
          imageManifest: manifest.toString(),
          imageManifestMediaType: mediaType,
        };
      }),
    }),
    PutImage: ({ repositoryName, imageManifest, imageManifestMediaType, imageTag }) => {
      const repository = find(repositoryName);
      const manifest = Buffer.from(imageManifest);
      if (tagged(repository, imageTag)?.manifest.equals(manifest))
        throw new AwsFault('ImageAlreadyExistsException', `Image with tag '${imageTag}' already exists`);
      if (!putImage(repository, manifest, imageManifestMediaType, imageTag))
        throw new AwsFault('ImageTagAlreadyExistsException', `The image tag '${imageTag}' is immutable`);
      return {};
    },
  };
  return operations as Record<string, Operation>;
}

function tagged({ images }: StoredRepository, tag: string): StoredImage | undefined {
  return images.find(({ tags }) => tags.has(tag));
}
