import { afterEach, beforeEach, expect, test } from 'vitest';
import { startAwsServer, type AwsServer } from '../testing/aws-server.ts';
import { lifecyclePolicy } from './lifecycle-policy.ts';
import { ensureRepository } from './repository.ts';

let aws: AwsServer;
beforeEach(async () => {
  aws = await startAwsServer();
});
afterEach(() => aws.close());

const ensure = async (): Promise<void> => ensureRepository(await aws.cloud.ecr(), 'parley-dev', 'echo');

test("a repository is encrypted, scans what is pushed, keeps hashes in place and has the stage's tag", async () => {
  await ensure();
  const { settings, policy } = aws.repositories.get('parley-dev/echo')!;
  expect(settings).toMatchObject({
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfiguration: { encryptionType: 'AES256' },
    imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
    imageTagMutabilityExclusionFilters: [
      { filterType: 'WILDCARD', filter: 'in-use' },
      { filterType: 'WILDCARD', filter: 'in-use-before' },
    ],
    tags: [{ Key: 'parley:prefix', Value: 'parley-dev' }],
  });
  expect(JSON.parse(policy ?? '')).toEqual(lifecyclePolicy);
});

test('a repository that is there is left as it is, whatever spaces its policy has', async () => {
  await ensure();
  aws.repositories.get('parley-dev/echo')!.policy = JSON.stringify(lifecyclePolicy, null, 2);
  aws.asked.length = 0;
  await ensure();
  expect(aws.asked).toEqual(['DescribeRepositories', 'GetLifecyclePolicy']);
});

test('a repository whose making was cut short gets its policy', async () => {
  await ensure();
  aws.repositories.get('parley-dev/echo')!.policy = undefined;
  await ensure();
  expect(JSON.parse(aws.repositories.get('parley-dev/echo')?.policy ?? '')).toEqual(lifecyclePolicy);
});
