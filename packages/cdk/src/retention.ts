import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { ParleyStack } from './parley-stack.ts';

/** What becomes of data when its stack goes: kept where the stage protects its data. */
export function dataRemovalPolicy({ settings }: ParleyStack): RemovalPolicy {
  return settings.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

/**
 * What becomes of logs when their stack goes: as with data, but a create that fails takes them along. Their
 * groups have fixed names, so that one left behind would stop the next attempt.
 */
export function logRemovalPolicy({ settings }: ParleyStack): RemovalPolicy {
  return settings.protectData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

/** CDK's name for the stage's log retention; its values are the days themselves. */
export function logRetention({ settings }: ParleyStack): RetentionDays {
  return settings.logRetentionDays;
}
