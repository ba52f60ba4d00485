import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createStacksWorkspace,
  resourcesOf,
  type StacksWorkspace,
  type SynthesizedStack,
} from './stacks-workspace.ts';

let workspace: StacksWorkspace;
let dev: SynthesizedStack[];
let prod: SynthesizedStack[];
beforeAll(async () => {
  workspace = await createStacksWorkspace();
  dev = await workspace.synthAll({ stage: 'dev' });
  prod = await workspace.synthAll({ stage: 'prod' });
});
afterAll(() => workspace.remove());

/** Attributes of the load balancer that have to do with logs. */
function balancerLogs(stacks: SynthesizedStack[]): Record<string, unknown> {
  const attributes = resourcesOf(stacks, 'AWS::ElasticLoadBalancingV2::LoadBalancer').flatMap(
    ({ Properties }) => Properties['LoadBalancerAttributes'] as { Key: string; Value: unknown }[],
  );
  const ofLogs = attributes.filter(({ Key, Value }) => Key.startsWith('access_logs.') && Value !== 'false');
  return Object.fromEntries(ofLogs.map(({ Key, Value }) => [Key, Value]));
}

function distributionLogs(stacks: SynthesizedStack[]): unknown {
  const [distribution] = resourcesOf(stacks, 'AWS::CloudFront::Distribution');
  return (distribution!.Properties['DistributionConfig'] as { Logging?: unknown }).Logging;
}

const bucketNamed = (stacks: SynthesizedStack[], id: string) =>
  resourcesOf(stacks, 'AWS::S3::Bucket').filter(({ logicalId }) => logicalId.startsWith(id));

test('a stage that keeps its data logs who reached it, and forgets that in time', () => {
  expect(resourcesOf(prod, 'AWS::EC2::FlowLog')).toHaveLength(1);
  expect(balancerLogs(prod)).toMatchObject({ 'access_logs.s3.enabled': 'true' });
  expect(distributionLogs(prod)).toMatchObject({ IncludeCookies: false });
  for (const id of ['TrafficLogs', 'RequestLogs']) {
    const [bucket] = bucketNamed(prod, id);
    expect(bucket?.Properties, id).toMatchObject({
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 90, Status: 'Enabled' }] },
    });
  }
});

test("the load balancer's logs go to a bucket with S3's own encryption: with KMS there would be none (T43)", () => {
  const [bucket] = bucketNamed(prod, 'TrafficLogs');
  expect(balancerLogs(prod)['access_logs.s3.bucket']).toEqual({ Ref: bucket?.logicalId });
  expect(bucket?.Properties['BucketEncryption']).toEqual({
    ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
  });
});

test('another stage pays for no logs that nobody reads', () => {
  expect(resourcesOf(dev, 'AWS::EC2::FlowLog')).toEqual([]);
  expect(balancerLogs(dev)).toEqual({});
  expect(distributionLogs(dev)).toBeUndefined();
  expect(resourcesOf(dev, 'AWS::S3::Bucket')).toHaveLength(2);
});
