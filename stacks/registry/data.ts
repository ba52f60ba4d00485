import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import type { ParleyStack } from '@parley/cdk/parley-stack';
import { dataRemovalPolicy } from '@parley/cdk/retention';
import { tableKeys } from '@parley/store/tables';

/** A table with the keys packages/store expects, billed on demand. */
export function createTable(stack: ParleyStack, id: string): Table {
  const { protectData } = stack.settings;
  return new Table(stack, id, {
    partitionKey: { name: tableKeys.partition, type: AttributeType.STRING },
    sortKey: { name: tableKeys.sort, type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.DEFAULT,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: protectData },
    deletionProtection: protectData,
    removalPolicy: dataRemovalPolicy(stack),
  });
}

/** The bucket for attachments and large tool output. No other origin may use it from a page. */
export function createBucket(stack: ParleyStack): Bucket {
  return new Bucket(stack, 'Attachments', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    versioned: true,
    lifecycleRules: [
      {
        id: 'forget-old-versions',
        noncurrentVersionExpiration: Duration.days(30),
        expiredObjectDeleteMarker: true,
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
    removalPolicy: dataRemovalPolicy(stack),
  });
}
