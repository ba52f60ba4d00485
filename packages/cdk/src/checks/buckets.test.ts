import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

const versioned = (lifecycle: string) => `
  add('Files', 'AWS::S3::Bucket', { VersioningConfiguration: { Status: 'Enabled' }, ${lifecycle} });`;

test('a versioned bucket that forgets no old version is refused (T37)', async () => {
  const current = `LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 30 }] }`;
  for (const lifecycle of ['', current]) {
    expect(await problemsOf(versioned(lifecycle))).toEqual([
      'stack.ts: Files (Files): the bucket is versioned and no rule expires old versions; expected a lifecycle rule with a NoncurrentVersionExpiration: add lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(30) }] [old-versions]',
    ]);
  }
  const old = `LifecycleConfiguration: { Rules: [{ Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 30 } }] }`;
  expect(await problemsOf(versioned(old))).toEqual([]);
});

test("a load balancer's logs in a bucket encrypted with KMS are refused (T43)", async () => {
  const logsTo = (algorithm: string) => `
    const logs = add('Logs', 'AWS::S3::Bucket', { BucketEncryption: { ServerSideEncryptionConfiguration: [
      { ServerSideEncryptionByDefault: { SSEAlgorithm: '${algorithm}' } },
    ] } });
    add('Balancer', 'AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal', LoadBalancerAttributes: [
      { Key: 'access_logs.s3.enabled', Value: 'true' }, { Key: 'access_logs.s3.bucket', Value: ref(logs) },
    ] });`;
  expect(await problemsOf(logsTo('aws:kms'))).toEqual([
    "stack.ts: Logs (Logs): a load balancer's logs go to this bucket, which is encrypted with KMS; expected S3's own encryption (AES256): a load balancer can write to no other: use BucketEncryption.S3_MANAGED [log-bucket-encryption]",
  ]);
  expect(await problemsOf(logsTo('AES256'))).toEqual([]);
});
