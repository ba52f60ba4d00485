import {
  ChangeSetNotFoundException,
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  DescribeStackResourceCommand,
  ListStacksCommand,
  UpdateTerminationProtectionCommand,
  paginateDescribeChangeSet,
  paginateDescribeStackEvents,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetParameterCommand,
  PutParameterCommand,
  SSMClient,
  paginateGetParametersByPath,
} from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Prefix } from '@parley/contract/names';
import type { Template } from './emulator-transform.ts';
import { credentials, region } from './env.ts';
import { expectThat } from './errors.ts';

/** What the checks ask of the emulated account besides what the toolkit does. */
export interface CloudAccount {
  documents: DynamoDBDocumentClient;
  readParameter(path: string): Promise<string>;
  writeParameter(path: string, value: string): Promise<void>;
  /** Invokes a function and returns its parsed answer. Throws when the function throws. */
  invoke(functionArn: string, payload: unknown): Promise<unknown>;
  /** What an executed change set changed, as `type logical-id`; nothing when there is no such change set. */
  changes(stackName: string, changeSetName: string): Promise<string[]>;
  /**
   * Creates a stack that must fail, waits for its rollback, removes it and returns the first failure's reason.
   * Throws when the stack is created after all, or cannot be rolled back and removed.
   */
  failingStack(stackName: string, template: Template): Promise<string>;
  stackId(stackName: string): Promise<string>;
  /** What a resource of a stack is called in the account. */
  physicalId(stackName: string, logicalId: string): Promise<string>;
  /** An object of a bucket, and how long it may be kept. */
  readObject(bucket: string, key: string): Promise<{ text: string; cacheControl: string | undefined }>;
  /** What CloudFormation left standing when it removed a stack, as `type logical-id`. */
  retained(stackId: string): Promise<string[]>;
  liftTerminationProtection(stackName: string): Promise<void>;
  /** Everything of a stage that still stands, as `kind name`; parameters no template wrote are left out. */
  leftovers(prefix: Prefix, seeded: string[]): Promise<string[]>;
}

export function createCloudAccount(endpoint: string): CloudAccount {
  const options = { endpoint, region, credentials };
  const cloudFormation = new CloudFormationClient(options);
  const dynamo = new DynamoDBClient(options);
  const lambda = new LambdaClient(options);
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  const ssm = new SSMClient(options);
  return {
    documents: DynamoDBDocumentClient.from(dynamo),
    readParameter: async (path) => {
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: path }));
      return Parameter?.Value ?? '';
    },
    writeParameter: async (path, value) => {
      await ssm.send(new PutParameterCommand({ Name: path, Value: value, Type: 'String', Overwrite: true }));
    },
    invoke: async (functionArn, payload) => invoke(lambda, functionArn, payload),
    changes: async (stackName, changeSetName) => changesOf(cloudFormation, stackName, changeSetName),
    failingStack: async (stackName, template) => failingStack(cloudFormation, stackName, template),
    stackId: async (stackName) => {
      const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
      return Stacks[0]?.StackId ?? stackName;
    },
    physicalId: async (StackName, LogicalResourceId) => {
      const { StackResourceDetail } = await cloudFormation.send(
        new DescribeStackResourceCommand({ StackName, LogicalResourceId }),
      );
      return StackResourceDetail?.PhysicalResourceId ?? '';
    },
    readObject: async (Bucket, Key) => {
      const { Body, CacheControl } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return { text: (await Body?.transformToString()) ?? '', cacheControl: CacheControl };
    },
    retained: async (stackId) => retainedOf(cloudFormation, stackId),
    liftTerminationProtection: async (stackName) => {
      const lift = { StackName: stackName, EnableTerminationProtection: false };
      await cloudFormation.send(new UpdateTerminationProtectionCommand(lift));
    },
    leftovers: async (prefix, seeded) => {
      const named = (kind: string, names: (string | undefined)[]) =>
        names.filter((name) => name?.includes(prefix)).map((name) => `${kind} ${name}`);
      const { StackSummaries = [] } = await cloudFormation.send(new ListStacksCommand({}));
      const stacks = StackSummaries.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
      const { TableNames = [] } = await dynamo.send(new ListTablesCommand({}));
      const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
      const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
      const parameters = (await parameterPaths(ssm, prefix)).filter((path) => !seeded.includes(path));
      return [
        ...named(
          'stack',
          stacks.map(({ StackName }) => StackName),
        ),
        ...named('table', TableNames),
        ...named(
          'function',
          Functions.map(({ FunctionName }) => FunctionName),
        ),
        ...named(
          'bucket',
          Buckets.map(({ Name }) => Name),
        ),
        ...named('parameter', parameters),
      ];
    },
  };
}

async function invoke(lambda: LambdaClient, functionArn: string, payload: unknown): Promise<unknown> {
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(JSON.stringify(payload)) }),
  );
  const text = Buffer.from(answer.Payload ?? []).toString('utf8');
  if (answer.FunctionError !== undefined) throw new Error(`${functionArn} threw: ${text}`);
  return JSON.parse(text) as unknown;
}

async function changesOf(client: CloudFormationClient, StackName: string, ChangeSetName: string) {
  const changes: string[] = [];
  try {
    for await (const page of paginateDescribeChangeSet({ client }, { StackName, ChangeSetName })) {
      const resources = (page.Changes ?? []).map(({ ResourceChange }) => ResourceChange);
      changes.push(...resources.map((each) => `${each?.ResourceType} ${each?.LogicalResourceId}`));
    }
  } catch (error) {
    // The toolkit deletes an empty change set.
    if (error instanceof ChangeSetNotFoundException) return [];
    throw error;
  }
  return changes;
}

async function failingStack(client: CloudFormationClient, name: string, template: Template): Promise<string> {
  const TemplateBody = JSON.stringify(template);
  await client.send(new CreateStackCommand({ StackName: name, TemplateBody }));
  const wait = { client, minDelay: 1, maxDelay: 1, maxWaitTime: 90 };
  // Ends with CREATE_COMPLETE, or throws once the rollback is through.
  await waitUntilStackCreateComplete(wait, { StackName: name }).catch(() => {});
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
  const status = Stacks[0]?.StackStatus;
  expectThat(status === 'ROLLBACK_COMPLETE', `stack ${name} should be rolled back, but is ${status}`);
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: name }));
  await client.send(new DeleteStackCommand({ StackName: name }));
  await waitUntilStackDeleteComplete(wait, { StackName: name });
  const failures = StackEvents.filter(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
  return failures.at(-1)?.ResourceStatusReason ?? '';
}

async function retainedOf(client: CloudFormationClient, stackId: string): Promise<string[]> {
  const retained: string[] = [];
  for await (const page of paginateDescribeStackEvents({ client }, { StackName: stackId })) {
    const skipped = (page.StackEvents ?? []).filter(
      ({ ResourceStatus }) => ResourceStatus === 'DELETE_SKIPPED',
    );
    retained.push(...skipped.map((each) => `${each.ResourceType} ${each.LogicalResourceId}`));
  }
  return retained;
}

async function parameterPaths(client: SSMClient, prefix: Prefix): Promise<string[]> {
  const paths: string[] = [];
  for await (const page of paginateGetParametersByPath({ client }, { Path: `/${prefix}`, Recursive: true })) {
    paths.push(...(page.Parameters ?? []).map(({ Name = '' }) => Name));
  }
  return paths;
}
