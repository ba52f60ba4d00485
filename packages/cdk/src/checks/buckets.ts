import type { Check } from './check.ts';
import { asList, asObject, referencesIn, resourcesOf, valueAt, type FoundResource } from './template.ts';

/** T37: a bucket that keeps old versions of objects and never forgets one grows for ever. */
export const oldVersions: Check = (template) =>
  resourcesOf(template, 'AWS::S3::Bucket')
    .filter(({ properties }) => valueAt(properties, 'VersioningConfiguration.Status') === 'Enabled')
    .filter((bucket) => !forgetsOldVersions(bucket))
    .map(({ logicalId }) => ({
      at: logicalId,
      found: 'the bucket is versioned and no rule expires old versions',
      expected: 'a lifecycle rule with a NoncurrentVersionExpiration',
      mend: 'add lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(30) }]',
    }));

/** T43: a load balancer cannot write its logs to a bucket encrypted with KMS, and says so nowhere. */
export const logBucketEncryption: Check = (template) => {
  const logBuckets = new Set(
    resourcesOf(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer')
      .flatMap(({ properties }) => asList(properties['LoadBalancerAttributes']).map(asObject))
      .filter(({ Key }) => String(Key).endsWith('_logs.s3.bucket'))
      .flatMap(({ Value }) => [...referencesIn(Value)]),
  );
  return resourcesOf(template, 'AWS::S3::Bucket')
    .filter(({ logicalId }) => logBuckets.has(logicalId))
    .filter(({ properties }) => /"aws:kms/.test(JSON.stringify(properties['BucketEncryption'] ?? {})))
    .map(({ logicalId }) => ({
      at: logicalId,
      found: "a load balancer's logs go to this bucket, which is encrypted with KMS",
      expected: "S3's own encryption (AES256): a load balancer can write to no other",
      mend: 'use BucketEncryption.S3_MANAGED',
    }));
};

function forgetsOldVersions({ properties }: FoundResource): boolean {
  return asList(valueAt(properties, 'LifecycleConfiguration.Rules'))
    .map(asObject)
    .some(
      (rule) =>
        rule['Status'] === 'Enabled' &&
        (rule['NoncurrentVersionExpiration'] ?? rule['NoncurrentVersionExpirationInDays']) !== undefined,
    );
}
