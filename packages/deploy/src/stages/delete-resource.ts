import type { Cloud } from '../cloud/connect.ts';
import { emptyBucket } from '../engine/destroy/empty-bucket.ts';
import { DeployError } from '../errors.ts';
import type { StageResource } from './tagged-resources.ts';

type Progress = (done: string) => void;

/** How each kind is deleted with all it holds. One that is not there any more is no error. */
const deletions: Record<
  StageResource['kind'],
  (cloud: Cloud, name: string, progress: Progress) => Promise<void>
> = {
  table: deleteTable,
  bucket: deleteBucket,
  'user pool': deleteUserPool,
  'log group': deleteLogGroup,
  images: deleteRepository,
  other: async (_cloud, name) => {
    throw new DeployError(
      'not-ours',
      `${name}: nothing that Parley makes by itself, so that it is left alone.`,
    );
  },
};

export async function deleteResource(
  cloud: Cloud,
  { kind, name }: StageResource,
  progress: Progress,
): Promise<void> {
  try {
    await deletions[kind](cloud, name, progress);
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(ResourceNotFoundException|NoSuchBucket|RepositoryNotFoundException)$/.test(error.name)
  );
}

/** Milliseconds between two looks at a table, and how many there are. */
const tablePoll = { everyMs: 2_000, times: 60 };

async function deleteTable(cloud: Cloud, TableName: string): Promise<void> {
  const { DeleteTableCommand, DescribeTableCommand, DynamoDBClient, UpdateTableCommand } =
    await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient(cloud.clientOptions);
  const describe = async () => (await client.send(new DescribeTableCommand({ TableName }))).Table;
  if ((await describe())?.DeletionProtectionEnabled) {
    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await waitUntil(async () => {
      const table = await describe();
      return table?.TableStatus === 'ACTIVE' && table.DeletionProtectionEnabled !== true;
    });
  }
  await client.send(new DeleteTableCommand({ TableName }));
}

async function waitUntil(isSo: () => Promise<boolean>): Promise<void> {
  const { setTimeout: delay } = await import('node:timers/promises');
  for (let looks = 0; looks < tablePoll.times; looks += 1) {
    if (await isSo()) return;
    await delay(tablePoll.everyMs);
  }
}

async function deleteBucket(cloud: Cloud, Bucket: string, progress: Progress): Promise<void> {
  const { DeleteBucketCommand } = await import('@aws-sdk/client-s3');
  await emptyBucket(cloud, Bucket, (count) => progress(`${count} objects and versions of ${Bucket}`));
  await (await cloud.s3()).send(new DeleteBucketCommand({ Bucket }));
}

async function deleteUserPool(cloud: Cloud, UserPoolId: string): Promise<void> {
  const {
    CognitoIdentityProviderClient,
    DeleteUserPoolCommand,
    DeleteUserPoolDomainCommand,
    DescribeUserPoolCommand,
    UpdateUserPoolCommand,
  } = await import('@aws-sdk/client-cognito-identity-provider');
  const client = new CognitoIdentityProviderClient(cloud.clientOptions);
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId }));
  if (UserPool?.DeletionProtection === 'ACTIVE') {
    // This sets what is not named back to its default, which is of no account any more.
    await client.send(new UpdateUserPoolCommand({ UserPoolId, DeletionProtection: 'INACTIVE' }));
  }
  if (UserPool?.Domain) {
    await client.send(new DeleteUserPoolDomainCommand({ UserPoolId, Domain: UserPool.Domain }));
  }
  await client.send(new DeleteUserPoolCommand({ UserPoolId }));
}

async function deleteLogGroup(cloud: Cloud, logGroupName: string): Promise<void> {
  const { DeleteLogGroupCommand } = await import('@aws-sdk/client-cloudwatch-logs');
  await (await cloud.logs()).send(new DeleteLogGroupCommand({ logGroupName }));
}

async function deleteRepository(cloud: Cloud, repositoryName: string): Promise<void> {
  const { DeleteRepositoryCommand } = await import('@aws-sdk/client-ecr');
  await (await cloud.ecr()).send(new DeleteRepositoryCommand({ repositoryName, force: true }));
}
