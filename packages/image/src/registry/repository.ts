import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  GetLifecyclePolicyCommand,
  PutLifecyclePolicyCommand,
  type ECRClient,
} from '@aws-sdk/client-ecr';
import { imageRepository, tags, type Prefix } from '@parley/contract/names';
import { isNamed } from './aws-error.ts';
import { inUseTags } from './images-in-use.ts';
import { lifecyclePolicy } from './lifecycle-policy.ts';

/**
 * Makes a service's repository when there is none, and sees to its lifecycle policy. It is in no stack: a service's
 * first deploy needs the image to be there already. Tags with a hash are never moved, those that mark use are.
 */
export async function ensureRepository(ecr: ECRClient, prefix: Prefix, service: string): Promise<void> {
  const repositoryName = imageRepository(prefix, service);
  if (!(await exists(ecr, repositoryName))) await create(ecr, prefix, repositoryName);
  const policy = JSON.stringify(lifecyclePolicy);
  if ((await policyOf(ecr, repositoryName)) !== policy) {
    await ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: policy }));
  }
}

async function exists(ecr: ECRClient, repositoryName: string): Promise<boolean> {
  try {
    await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }));
    return true;
  } catch (error) {
    if (isNamed(error, 'RepositoryNotFoundException')) return false;
    throw error;
  }
}

async function create(ecr: ECRClient, prefix: Prefix, repositoryName: string): Promise<void> {
  await ecr.send(
    new CreateRepositoryCommand({
      repositoryName,
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: { encryptionType: 'AES256' },
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: Object.values(inUseTags).map((filter) => ({
        filterType: 'WILDCARD',
        filter,
      })),
      tags: [{ Key: tags.prefix, Value: prefix }],
    }),
  );
}

/** Undefined when there is none, or when it is not spelt as we would. */
async function policyOf(ecr: ECRClient, repositoryName: string): Promise<string | undefined> {
  try {
    const { lifecyclePolicyText } = await ecr.send(new GetLifecyclePolicyCommand({ repositoryName }));
    return JSON.stringify(JSON.parse(lifecyclePolicyText ?? 'null'));
  } catch (error) {
    if (isNamed(error, 'LifecyclePolicyNotFoundException')) return undefined;
    throw error;
  }
}
