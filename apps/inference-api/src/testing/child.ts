import { fileURLToPath } from 'node:url';
import { env } from '@parley/contract/names';
import { startServiceProcess, type ServiceProcess } from './service-process.ts';
import type { World } from './world.ts';

const entry = fileURLToPath(new URL('../server.ts', import.meta.url));

/** The service as a process of its own, started by its real entry point, with options for Node itself. */
export function startChild(
  world: World,
  jwksUrl: string,
  nodeArguments: readonly string[] = [],
): Promise<ServiceProcess> {
  return startServiceProcess({ entry, environment: serviceEnvironment(world, jwksUrl), nodeArguments });
}

/** What the template and local running set, and nothing of this process's own environment. */
export function serviceEnvironment(
  { tables, edge, s3, issuer }: World,
  jwksUrl: string,
): Record<string, string> {
  return {
    [env.port]: '0',
    [env.host]: '127.0.0.1',
    [env.catalogTable]: tables.catalogTable,
    [env.conversationsTable]: tables.conversationsTable,
    [env.attachmentsBucket]: s3.bucket,
    [env.authIssuer]: issuer.issuer,
    [env.authScope]: issuer.scope,
    [env.authJwksUrl]: jwksUrl,
    [env.stopTimeout]: '20',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
    AWS_ENDPOINT_URL_LAMBDA: edge.url,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
  };
}
