import {
  CloudFormationClient,
  ListStacksCommand,
  UpdateTerminationProtectionCommand,
  paginateDescribeStackEvents,
} from '@aws-sdk/client-cloudformation';
import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetParameterCommand,
  PutParameterCommand,
  SSMClient,
  paginateGetParametersByPath,
} from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Prefix } from '@parley/contract/names';
import { credentials, region } from './env.ts';

/** What the checks ask of the emulated account besides what the toolkit does. */
export interface CloudAccount {
  documents: DynamoDBDocumentClient;
  readParameter(path: string): Promise<string>;
  writeParameter(path: string, value: string): Promise<void>;
  /** Invokes a function and returns its parsed answer. Throws when the function throws. */
  invoke(functionArn: string, payload: unknown): Promise<unknown>;
  /** All events of a stack, oldest first; `stack` is a name, or the id for a removed stack. */
  events(stack: string): Promise<StackEvent[]>;
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
    events: async (stack) => eventsOf(cloudFormation, stack),
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

async function eventsOf(client: CloudFormationClient, stack: string): Promise<StackEvent[]> {
  const events: StackEvent[] = [];
  for await (const page of paginateDescribeStackEvents({ client }, { StackName: stack })) {
    events.push(...(page.StackEvents ?? []));
  }
  return events.reverse();
}

async function parameterPaths(client: SSMClient, prefix: Prefix): Promise<string[]> {
  const paths: string[] = [];
  for await (const page of paginateGetParametersByPath({ client }, { Path: `/${prefix}`, Recursive: true })) {
    paths.push(...(page.Parameters ?? []).map(({ Name = '' }) => Name));
  }
  return paths;
}
