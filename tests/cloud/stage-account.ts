import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  DeleteObjectCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { tags, type Prefix } from '@parley/contract/names';
import { credentials, region } from './env.ts';

/** What the checks of stages do to the emulated account, and read of it, besides the command. */
export interface StageAccount {
  /** Names in the account of all that these stacks hold. */
  physicalNames(stacks: readonly string[]): Promise<Set<string>>;
  /** Log groups and image repositories, by name. */
  besideStacks(): Promise<string[]>;
  /** Fills a bucket with objects, old versions of them and marks of deleted ones; more than one page of each. */
  fill(bucket: string): Promise<void>;
  /** The emulator gives no tags to the buckets of a stack, as AWS does. */
  tagAsAws(bucket: string, prefix: Prefix): Promise<void>;
  writeLogStream(logGroup: string, name: string): Promise<void>;
  logStreams(logGroup: string): Promise<string[]>;
}

/** Versions that `fill` writes: 1,000 fit into a page. */
export const versionsWritten = 1_050;

export function createStageAccount(endpoint: string): StageAccount {
  const options = { endpoint, region, credentials };
  const cloudFormation = new CloudFormationClient(options);
  const logs = new CloudWatchLogsClient(options);
  const ecr = new ECRClient(options);
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  return {
    physicalNames: async (stacks) => {
      const names = new Set<string>();
      for (const StackName of stacks) {
        for await (const page of paginateListStackResources({ client: cloudFormation }, { StackName })) {
          for (const { PhysicalResourceId = '', ResourceType = '' } of page.StackResourceSummaries ?? []) {
            // A registration is named within its stage's own catalog.
            if (!ResourceType.startsWith('Custom::')) names.add(PhysicalResourceId);
          }
        }
      }
      return names;
    },
    besideStacks: async () => {
      const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
      const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({}));
      return [
        ...logGroups.map(({ logGroupName = '' }) => logGroupName),
        ...repositories.map(({ repositoryName = '' }) => repositoryName),
      ];
    },
    fill: async (Bucket) => fill(s3, Bucket),
    tagAsAws: async (Bucket, prefix) => {
      const Tagging = { TagSet: [{ Key: tags.prefix, Value: prefix }] };
      await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging }));
    },
    writeLogStream: async (logGroupName, logStreamName) => {
      await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    },
    logStreams: async (logGroupName) => {
      const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }));
      return logStreams.map(({ logStreamName = '' }) => logStreamName);
    },
  };
}

async function fill(s3: S3Client, Bucket: string): Promise<void> {
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const keys = Array.from({ length: versionsWritten / 2 }, (_, i) => `kept/${i}`);
  for (const Body of ['first', 'second']) {
    for (let i = 0; i < keys.length; i += 50) {
      const some = keys.slice(i, i + 50);
      await Promise.all(some.map((Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body }))));
    }
  }
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'kept/0' }));
}
