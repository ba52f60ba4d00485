import { createHash } from 'node:crypto';
import { localAccount } from '@parley/assembly/stack-scope';
import type { ResourceRequest } from './handler.ts';

/** A short hash, fit for generated names. */
export function shortHash(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 10);
}

/**
 * A name like CloudFormation generates: stack, logical id and a suffix. It is the same at each attempt, so that
 * a resource made by a run that was cut is found again; `identity` holds what must lead to another resource.
 */
export function generatedName({ stack, logicalId }: ResourceRequest, ...identity: string[]): string {
  return `${stack.name}-${logicalId.slice(0, 40)}-${shortHash(stack.id, logicalId, ...identity)}`;
}

/** An ARN in the local account. */
export function arn(service: string, { stack }: Pick<ResourceRequest, 'stack'>, resource: string): string {
  const region = ['iam', 's3', 'cloudfront'].includes(service) ? '' : stack.region;
  const account = service === 's3' ? '' : localAccount;
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}
