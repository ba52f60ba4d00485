import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ECRClient } from '@aws-sdk/client-ecr';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Identity } from './identity.ts';

/** One region of the account that the credentials lead to. A client is loaded when it is first asked for. */
export interface Cloud {
  readonly region: string;
  /** What a client of a service without a door here is made with. */
  readonly clientOptions: ClientOptions;
  ssm(): Promise<SSMClient>;
  cloudFormation(): Promise<CloudFormationClient>;
  ecs(): Promise<ECSClient>;
  ecr(): Promise<ECRClient>;
  elb(): Promise<ElasticLoadBalancingV2Client>;
  s3(): Promise<S3Client>;
  logs(): Promise<CloudWatchLogsClient>;
  lambda(): Promise<LambdaClient>;
  sts(): Promise<STSClient>;
  /** Asked of STS once. */
  identity(): Promise<Identity>;
  /** Number of the account, of 12 digits. */
  account(): Promise<string>;
}

/** What every client has in common. Credentials and endpoint come from where the SDK looks. */
export interface ClientOptions {
  region: string;
  maxAttempts: number;
  profile?: string;
  requestHandler: { connectionTimeout: number; requestTimeout: number };
}

export interface ConnectOptions {
  region: string;
  /** Name in the AWS configuration files. @default what the SDK finds in its environment */
  profile?: string;
  /** Tries of each call, the first included. @default 6, for accounts in which much is deployed at once */
  maxAttempts?: number;
}

/** Endpoint and credentials come from where the SDK looks: AWS_ENDPOINT_URL, AWS_PROFILE and the like. */
export function connect({ region, profile, maxAttempts = 6 }: ConnectOptions): Cloud {
  const options: ClientOptions = {
    region,
    maxAttempts,
    ...(profile === undefined ? {} : { profile }),
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 },
  };
  const sts = once(async () => new (await import('@aws-sdk/client-sts')).STSClient(options));
  const identity = once(async () => (await import('./identity.ts')).readIdentity(await sts()));
  return {
    region,
    clientOptions: options,
    ssm: once(async () => new (await import('@aws-sdk/client-ssm')).SSMClient(options)),
    cloudFormation: once(
      async () => new (await import('@aws-sdk/client-cloudformation')).CloudFormationClient(options),
    ),
    ecs: once(async () => new (await import('@aws-sdk/client-ecs')).ECSClient(options)),
    ecr: once(async () => new (await import('@aws-sdk/client-ecr')).ECRClient(options)),
    elb: once(
      async () =>
        new (await import('@aws-sdk/client-elastic-load-balancing-v2')).ElasticLoadBalancingV2Client(options),
    ),
    s3: once(async () => new (await import('@aws-sdk/client-s3')).S3Client(options)),
    logs: once(
      async () => new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogsClient(options),
    ),
    lambda: once(async () => new (await import('@aws-sdk/client-lambda')).LambdaClient(options)),
    sts,
    identity,
    account: async () => (await identity()).account,
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return async () => (made ??= make());
}
