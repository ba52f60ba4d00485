import { FlowLogDestination, type Vpc } from 'aws-cdk-lib/aws-ec2';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import { acknowledge } from '@parley/cdk/acknowledge';
import type { ParleyStack } from '@parley/cdk/parley-stack';
import { dataRemovalPolicy } from '@parley/cdk/retention';

/**
 * Logs connections in the network and requests at the load balancer, where the stage keeps its data. Elsewhere
 * nobody would read what is paid for by the gigabyte.
 */
export function logTraffic(stack: ParleyStack, vpc: Vpc, loadBalancer: ApplicationLoadBalancer): void {
  if (!stack.settings.protectData) {
    const reason = 'Costs by the gigabyte; only stages with protectData log their traffic.';
    acknowledge(vpc, { id: 'AwsSolutions-VPC7', reason });
    acknowledge(loadBalancer, { id: 'AwsSolutions-ELB2', reason });
    return;
  }
  const logs = createLogBucket(stack);
  vpc.addFlowLog('FlowLog', { destination: FlowLogDestination.toS3(logs, 'network') });
  loadBalancer.logAccessLogs(logs, 'load-balancer');
}

function createLogBucket(stack: ParleyStack): Bucket {
  const bucket = new Bucket(stack, 'TrafficLogs', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    // With a key of KMS the load balancer would write nothing, and say so nowhere.
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    lifecycleRules: [{ id: 'forget-logs', expiration: Duration.days(stack.settings.logRetentionDays) }],
    removalPolicy: dataRemovalPolicy(stack),
  });
  acknowledge(bucket, {
    id: 'AwsSolutions-S1',
    reason: 'It holds logs itself: logging access to them into it would never end.',
  });
  return bucket;
}
