import { join } from 'node:path';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AccessLevel,
  AllowedMethods,
  CachePolicy,
  CfnVpcOrigin,
  Distribution,
  Function,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HttpVersion,
  OriginRequestPolicy,
  PriceClass,
  type ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
  VpcOrigin,
  type BehaviorOptions,
  type IOrigin,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin, VpcOrigin as VpcOriginOf } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Annotations, Duration } from 'aws-cdk-lib/core';
import { acknowledge } from '@parley/cdk/acknowledge';
import type { ParleyStack } from '@parley/cdk/parley-stack';
import { readParameter } from '@parley/cdk/shared-parameter';
import { servicePaths, ssmPath } from '@parley/contract/names';
import { siteFolder } from '@parley/contract/site';
import { requestLogs } from './request-logs.ts';
import { createSecurityHeaders, createServiceHeaders } from './security-headers.ts';

/** Paths below which the build puts files with the hash of their content in their names. */
const hashedFiles = '/assets/*';

/**
 * The one address of a stage: services' paths go to the load balancer, all else is the page.
 * @param connectTo origins the page may talk to besides its own
 */
export function createDistribution(stack: ParleyStack, bucket: Bucket, connectTo: string[]): Distribution {
  const { prefix, settings } = stack;
  const files: BehaviorOptions = {
    origin: S3BucketOrigin.withOriginAccessControl(bucket, {
      originPath: `/${siteFolder}`,
      // To whom may not list a bucket, S3 answers that what is missing is forbidden: 403 instead of 404.
      originAccessLevels: [AccessLevel.READ, AccessLevel.LIST],
    }),
    viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    responseHeadersPolicy: createSecurityHeaders(stack, connectTo),
  };
  const services = serviceBehavior(createBalancerOrigin(stack), createServiceHeaders(stack));
  const { domain, certificateArn, webAclArn } = settings.site ?? {};
  // The warning is of distributions whose root lists the bucket; this one's is the page.
  Annotations.of(stack).acknowledgeWarning('@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk');
  const distribution = new Distribution(stack, 'Distribution', {
    comment: `${prefix}: the page and the services`,
    defaultRootObject: 'index.html',
    // The page is never kept: a deploy is seen at once, and none waits for an invalidation.
    defaultBehavior: {
      ...files,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      compress: false,
      functionAssociations: [
        { function: createSpaFallback(stack), eventType: FunctionEventType.VIEWER_REQUEST },
      ],
    },
    additionalBehaviors: {
      ...Object.fromEntries(servicePaths.map((path) => [path, services])),
      [hashedFiles]: { ...files, cachePolicy: CachePolicy.CACHING_OPTIMIZED, compress: true },
    },
    httpVersion: HttpVersion.HTTP2_AND_3,
    priceClass: PriceClass.PRICE_CLASS_100,
    ...(domain === undefined || certificateArn === undefined
      ? {}
      : {
          domainNames: [domain],
          certificate: Certificate.fromCertificateArn(stack, 'Certificate', certificateArn),
          minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
        }),
    ...(webAclArn === undefined ? {} : { webAclId: webAclArn }),
    ...requestLogs(stack),
  });
  acknowledgeOpenness(stack, distribution);
  return distribution;
}

/** Says for cdk-nag why the distribution is as open as the stage's settings leave it. */
function acknowledgeOpenness({ settings }: ParleyStack, distribution: Distribution): void {
  acknowledge(distribution, {
    id: 'AwsSolutions-CFR1',
    reason: "Users sign in; where they are is nobody's business.",
  });
  if (settings.site?.webAclArn === undefined)
    acknowledge(distribution, {
      id: 'AwsSolutions-CFR2',
      reason: 'A web ACL costs by the month; site.webAclArn names one.',
    });
  if (!settings.protectData)
    acknowledge(distribution, {
      id: 'AwsSolutions-CFR3',
      reason: 'Only stages with protectData log requests; elsewhere nobody would read them.',
    });
  if (settings.site?.domain === undefined)
    acknowledge(distribution, {
      id: 'AwsSolutions-CFR4',
      reason: "CloudFront's own address has its own certificate, whose lowest TLS version AWS sets.",
    });
}

/** Every method and header goes through, nothing is kept, and no byte of a stream is held back to compress it. */
function serviceBehavior(origin: IOrigin, responseHeadersPolicy: ResponseHeadersPolicy): BehaviorOptions {
  return {
    origin,
    responseHeadersPolicy,
    viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    allowedMethods: AllowedMethods.ALLOW_ALL,
    cachePolicy: CachePolicy.CACHING_DISABLED,
    originRequestPolicy: OriginRequestPolicy.ALL_VIEWER,
    compress: false,
  };
}

/** The internal load balancer, which CloudFront reaches through the network without an address of its own. */
function createBalancerOrigin(stack: ParleyStack): IOrigin {
  const read = (name: 'alb-arn' | 'alb-dns-name') =>
    readParameter(stack, ssmPath.network(stack.prefix, name));
  const endpoint = new CfnVpcOrigin(stack, 'Balancer', {
    vpcOriginEndpointConfig: {
      name: `${stack.prefix}-balancer`,
      arn: read('alb-arn'),
      httpPort: 80,
      originProtocolPolicy: 'http-only',
    },
  });
  return VpcOriginOf.withVpcOrigin(VpcOrigin.fromVpcOriginId(stack, 'BalancerOrigin', endpoint.attrId), {
    domainName: read('alb-dns-name'),
    // Streams have a heartbeat every 15 s; the balancer's own limit is 60 s too.
    readTimeout: Duration.seconds(60),
    keepaliveTimeout: Duration.seconds(5),
  });
}

function createSpaFallback(stack: ParleyStack): Function {
  return new Function(stack, 'SpaFallback', {
    functionName: `${stack.prefix}-spa-fallback`,
    comment: 'Answers addresses inside the page with the page',
    code: FunctionCode.fromFile({ filePath: join(stack.folder, 'spa-fallback.js') }),
    runtime: FunctionRuntime.JS_2_0,
  });
}
