import type { DistributionProps } from 'aws-cdk-lib/aws-cloudfront';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import { acknowledge } from '@parley/cdk/acknowledge';
import type { ParleyStack } from '@parley/cdk/parley-stack';
import { dataRemovalPolicy } from '@parley/cdk/retention';

/** Logs requests where the stage keeps its data; cookies, which sign users in, are left out. */
export function requestLogs(
  stack: ParleyStack,
): Pick<DistributionProps, 'enableLogging' | 'logBucket' | 'logIncludesCookies'> {
  if (!stack.settings.protectData) return {};
  const logBucket = new Bucket(stack, 'RequestLogs', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    // CloudFront delivers logs by an access control list, which the stricter setting would refuse.
    objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
    lifecycleRules: [{ id: 'forget-logs', expiration: Duration.days(stack.settings.logRetentionDays) }],
    removalPolicy: dataRemovalPolicy(stack),
  });
  acknowledge(logBucket, {
    id: 'AwsSolutions-S1',
    reason: 'It holds logs itself: logging access to them into it would never end.',
  });
  return { enableLogging: true, logBucket, logIncludesCookies: false };
}
