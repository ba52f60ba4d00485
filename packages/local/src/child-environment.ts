import { join } from 'node:path';
import { env as envNames } from '@parley/contract/names';
import type { LocalCredentials } from './aws/credentials.ts';
import { s3Path } from './gateway/local-pages.ts';
import { signInPath } from './issuer/names.ts';

export interface ChildEnvironmentOptions {
  credentials: LocalCredentials;
  region: string;
  /** Origin of the imitated AWS services. */
  awsUrl: string;
  /** Origin of the gateway. Buckets are reached through it, so that presigned addresses are of its origin. */
  gatewayUrl: string;
  dataFolder: string;
  /** Whether the local issuer stands in for the stacks' user pool. */
  hasPool: boolean;
}

/**
 * What every service and function finds in its environment here, as it would find it on AWS: credentials, region,
 * and where the services are. Not the general `AWS_ENDPOINT_URL`: it would capture Bedrock too.
 */
export function childEnvironment(options: ChildEnvironmentOptions): Record<string, string> {
  const { credentials, region, awsUrl, gatewayUrl, dataFolder, hasPool } = options;
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL_DYNAMODB: awsUrl,
    AWS_ENDPOINT_URL_LAMBDA: awsUrl,
    AWS_ENDPOINT_URL_SSM: awsUrl,
    AWS_ENDPOINT_URL_S3: `${gatewayUrl}${s3Path}`,
    AWS_EC2_METADATA_DISABLED: 'true',
    // Nobody but this machine: the gateway checks who asks, a service's own port does not.
    [envNames.host]: '127.0.0.1',
    NODE_COMPILE_CACHE: join(dataFolder, 'compile-cache'),
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'en_US.UTF-8',
    TZ: 'UTC',
    ...(hasPool
      ? {
          [envNames.authJwksUrl]: `${gatewayUrl}${signInPath}/.well-known/jwks.json`,
          // Without an origin: it is for pages of the gateway, whose port may be another one next time.
          [envNames.authMetadataUrl]: `${signInPath}/.well-known/openid-configuration`,
        }
      : {}),
  };
}

export interface FunctionEnvironmentOptions {
  name: string;
  version: string;
  memoryMb: number;
  handler: string;
  codeFolder: string;
  logGroup: string;
}

/** What Lambda adds to a function's environment. */
export function lambdaEnvironment(spec: FunctionEnvironmentOptions): Record<string, string> {
  return {
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: spec.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: spec.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    LAMBDA_TASK_ROOT: spec.codeFolder,
    _HANDLER: spec.handler,
  };
}
