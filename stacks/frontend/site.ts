import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { ArnFormat, CustomResource, Duration } from 'aws-cdk-lib/core';
import { acknowledge } from '@parley/cdk/acknowledge';
import { objectsOf } from '@parley/cdk/bucket-objects';
import { packageCodeWithFolder } from '@parley/cdk/built-code';
import { LambdaFunction } from '@parley/cdk/lambda-function';
import type { ParleyStack } from '@parley/cdk/parley-stack';
import { dataRemovalPolicy } from '@parley/cdk/retention';
import { env, sitePublisherFunctionName } from '@parley/contract/names';
import { siteFolder, siteResourceType, type SiteProperties } from '@parley/contract/site';
import type { WebConfig } from '@parley/contract/web-config';

/** Seconds the publisher has; CloudFormation waits somewhat longer, so that it always hears what went wrong. */
const publishSeconds = 50;
const serviceTimeoutSeconds = 60;

/** The bucket the distribution serves the page from. Nobody else reads it. */
export function createSiteBucket(stack: ParleyStack): Bucket {
  const bucket = new Bucket(stack, 'Site', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    lifecycleRules: [{ id: 'forget-cut-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    removalPolicy: dataRemovalPolicy(stack),
  });
  acknowledge(bucket, {
    id: 'AwsSolutions-S1',
    reason: 'Only the distribution reads it, and what it holds is public.',
  });
  return bucket;
}

/** Publishes the built page with what it is told at run time, at each deploy that changes either. */
export function publishSite(stack: ParleyStack, bucket: Bucket, config: WebConfig): void {
  const { code, hash } = packageCodeWithFolder(stack, '@parley/site-publisher', {
    name: siteFolder,
    package: '@parley/web',
    file: 'index.html',
  });
  const publisher = new LambdaFunction(stack, 'Publisher', {
    name: 'site-publisher',
    // CloudFormation never lets a service token change: the function must never be replaced.
    functionName: sitePublisherFunctionName(stack.prefix),
    description: 'Publishes the web site when the stack deploys',
    code,
    timeout: Duration.seconds(publishSeconds),
    memoryMiB: 512,
    asynchronous: { retries: 0, maxAge: Duration.seconds(serviceTimeoutSeconds) },
  });
  publisher.allow({
    environment: { [env.siteBucket]: bucket.bucketName },
    actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
    resources: [objectsOf(bucket.bucketName, publisher, "Which files there are is the build's to say.")],
  });
  publisher.allow({ actions: ['s3:ListBucket'], resources: [bucketArn(stack, bucket.bucketName)] });
  const properties: SiteProperties = {
    Release: hash,
    Config: stack.toJsonString(config),
    EmptyOnDelete: stack.settings.protectData ? 'false' : 'true',
  };
  new CustomResource(stack, 'Publication', {
    resourceType: siteResourceType,
    serviceToken: publisher.function.functionArn,
    serviceTimeout: Duration.seconds(serviceTimeoutSeconds),
    properties,
  });
}

function bucketArn(stack: ParleyStack, resource: string): string {
  return stack.formatArn({
    service: 's3',
    region: '',
    account: '',
    resource,
    arnFormat: ArnFormat.NO_RESOURCE_NAME,
  });
}
