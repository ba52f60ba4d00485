import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  HttpMethods,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import { acknowledge } from '@parley/cdk/acknowledge';
import type { ParleyStack } from '@parley/cdk/parley-stack';
import { dataRemovalPolicy } from '@parley/cdk/retention';
import { bucketFolders } from '@parley/contract/names';
import { tableKeys } from '@parley/store/tables';

/** A table with the keys packages/store expects, billed on demand. */
export function createTable(stack: ParleyStack, id: string): Table {
  const { protectData } = stack.settings;
  const table = new Table(stack, id, {
    partitionKey: { name: tableKeys.partition, type: AttributeType.STRING },
    sortKey: { name: tableKeys.sort, type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.DEFAULT,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: protectData },
    deletionProtection: protectData,
    removalPolicy: dataRemovalPolicy(stack),
  });
  if (!protectData)
    acknowledge(table, {
      id: 'AwsSolutions-DDB3',
      reason: 'Costs by the gigabyte; only stages with protectData can be recovered to a point in time.',
    });
  return table;
}

/** The bucket for attachments and large tool output. Browsers send forms to it that a service signed, from the site. */
export function createBucket(stack: ParleyStack): Bucket {
  const bucket = new Bucket(stack, 'Attachments', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    versioned: true,
    cors: [{ allowedOrigins: [siteOrigin(stack)], allowedMethods: [HttpMethods.POST], maxAge: 3_600 }],
    lifecycleRules: [
      {
        // Each was looked at and copied within minutes, or nobody asked for it again.
        id: 'forget-uploads',
        prefix: bucketFolders.uploads,
        expiration: Duration.days(1),
        noncurrentVersionExpiration: Duration.days(1),
      },
      {
        id: 'forget-old-versions',
        noncurrentVersionExpiration: Duration.days(30),
        expiredObjectDeleteMarker: true,
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
    removalPolicy: dataRemovalPolicy(stack),
  });
  acknowledge(bucket, {
    id: 'AwsSolutions-S1',
    reason: 'Each upload is signed by a service, which logs for whom; nobody has another way in.',
  });
  return bucket;
}

/**
 * Where the site's pages come from. Without a domain of its own that is an address that CloudFront chooses, in a stack
 * that needs this one. What may be uploaded is for the signed form to say, not for its origin.
 */
function siteOrigin({ settings }: ParleyStack): string {
  const { domain } = settings.site ?? {};
  return domain === undefined ? 'https://*.cloudfront.net' : `https://${domain}`;
}
