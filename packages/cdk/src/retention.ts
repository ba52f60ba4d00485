import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { ParleyStack } from './parley-stack.ts';

/** What becomes of data when its stack goes: kept where the stage protects its data. */
export function dataRemovalPolicy({ settings }: ParleyStack): RemovalPolicy {
  return settings.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

/** CDK's name for the stage's log retention; its values are the days themselves. */
export function logRetention({ settings }: ParleyStack): RetentionDays {
  return settings.logRetentionDays;
}
