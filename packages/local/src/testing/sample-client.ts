import { z } from 'zod';
import type { Machine } from './machine.ts';

const echo = z.object({
  version: z.string(),
  pid: z.number(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  env: z.record(z.string(), z.string()),
});

/** Ask the echo service what it got. */
export async function askEcho(machine: Machine, path = '/echo', init: RequestInit = {}) {
  const answer = await fetch(machine.url + path, init);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return echo.parse(await answer.json());
}

/** The settings that a service's AWS clients find in their environment. */
export async function awsSettings(machine: Machine) {
  const { env } = await askEcho(machine);
  const of = (name: string): string => env[name] ?? '';
  return {
    region: of('AWS_REGION'),
    credentials: { accessKeyId: of('AWS_ACCESS_KEY_ID'), secretAccessKey: of('AWS_SECRET_ACCESS_KEY') },
    dynamodb: of('AWS_ENDPOINT_URL_DYNAMODB'),
    lambda: of('AWS_ENDPOINT_URL_LAMBDA'),
    ssm: of('AWS_ENDPOINT_URL_SSM'),
    s3: of('AWS_ENDPOINT_URL_S3'),
    jwks: of('PARLEY_AUTH_JWKS_URL'),
  };
}
