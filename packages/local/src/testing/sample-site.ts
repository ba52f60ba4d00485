import { type FixtureStack, ssmInput } from '@parley/assembly/testing';
import type { Json, JsonObject } from '@parley/assembly/values';

/** Ids of AWS's own cache policies. */
const caching = {
  disabled: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  optimized: '658327ea-f89d-4fab-a63d-7e88639e58f6',
};

export const spaFunction = `
async function handler(event) {
  const { request } = event;
  if (request.uri === '/teapot') {
    return { statusCode: 418, statusDescription: 'Teapot', headers: { 'x-from': { value: 'function' } }, body: 'short and stout' };
  }
  if (request.uri === '/event') return { statusCode: 200, body: JSON.stringify(event) };
  if (request.uri === '/reach') return { statusCode: 200, body: [typeof process, typeof require, typeof fetch].join() };
  if (request.uri === '/throw') throw new Error('thrown on purpose');
  if (request.uri === '/spin') for (;;);
  if (request.uri === '/nothing') return undefined;
  if (!request.uri.split('/').pop().includes('.')) request.uri = '/index.html';
  return request;
}`;

/** A distribution in front of a bucket and of the load balancer of \`foundation\`. */
export function website(
  overrides: { config?: JsonObject; code?: string; actions?: string[] } = {},
): FixtureStack {
  const fromBucket = { TargetOriginId: 'site', ResponseHeadersPolicyId: { Ref: 'Headers' } };
  const toBalancer: JsonObject = {
    TargetOriginId: 'balancer',
    AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
    CachePolicyId: caching.disabled,
  };
  const services: Json[] = ['/echo', '/echo/*', '/api/*'].map((PathPattern) => ({
    ...toBalancer,
    ResponseHeadersPolicyId: { Ref: 'Headers' },
    PathPattern,
  }));
  return {
    name: 'sample-website',
    Parameters: { BalancerName: ssmInput('/sample/network/alb-dns-name') },
    Resources: {
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'sample-site' } },
      BucketPolicy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: { Ref: 'Bucket' },
          PolicyDocument: {
            Statement: (overrides.actions ?? ['s3:GetObject', 's3:ListBucket']).map((Action) => ({
              Effect: 'Allow',
              Action,
              Principal: { Service: 'cloudfront.amazonaws.com' },
            })),
          },
        },
      },
      Access: {
        Type: 'AWS::CloudFront::OriginAccessControl',
        Properties: { OriginAccessControlConfig: { Name: 'x' } },
      },
      Fallback: {
        Type: 'AWS::CloudFront::Function',
        Properties: {
          Name: 'sample-fallback',
          AutoPublish: true,
          FunctionCode: overrides.code ?? spaFunction,
          FunctionConfig: { Runtime: 'cloudfront-js-2.0', Comment: '' },
        },
      },
      Headers: {
        Type: 'AWS::CloudFront::ResponseHeadersPolicy',
        Properties: {
          ResponseHeadersPolicyConfig: {
            Name: 'sample',
            SecurityHeadersConfig: {
              ContentSecurityPolicy: {
                ContentSecurityPolicy: "default-src 'self' https://uploads-1.s3.us-east-1.amazonaws.com",
                Override: true,
              },
              ContentTypeOptions: { Override: true },
              ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: false },
              StrictTransportSecurity: {
                AccessControlMaxAgeSec: 60,
                IncludeSubdomains: true,
                Override: true,
              },
              FrameOptions: { FrameOption: 'DENY', Override: true },
            },
            CustomHeadersConfig: { Items: [{ Header: 'X-Sample', Value: 'yes', Override: false }] },
            RemoveHeadersConfig: { Items: [{ Header: 'Last-Modified' }] },
          },
        },
      },
      Distribution: {
        Type: 'AWS::CloudFront::Distribution',
        Properties: {
          DistributionConfig: {
            Enabled: true,
            DefaultRootObject: 'index.html',
            Origins: [
              {
                Id: 'site',
                DomainName: { 'Fn::GetAtt': ['Bucket', 'RegionalDomainName'] },
                OriginPath: '/site',
                OriginAccessControlId: { 'Fn::GetAtt': ['Access', 'Id'] },
                S3OriginConfig: { OriginAccessIdentity: '' },
              },
              { Id: 'balancer', DomainName: { Ref: 'BalancerName' }, VpcOriginConfig: { VpcOriginId: 'vo' } },
              { Id: 'elsewhere', DomainName: 'example.com', CustomOriginConfig: {} },
            ],
            CacheBehaviors: [
              ...services,
              { ...toBalancer, PathPattern: '/elsewhere/*', TargetOriginId: 'elsewhere' },
              { ...fromBucket, PathPattern: '/assets/*', CachePolicyId: caching.optimized, Compress: true },
            ],
            DefaultCacheBehavior: {
              ...fromBucket,
              CachePolicyId: caching.disabled,
              Compress: true,
              FunctionAssociations: [
                { EventType: 'viewer-request', FunctionARN: { 'Fn::GetAtt': ['Fallback', 'FunctionARN'] } },
              ],
            },
            ...overrides.config,
          },
        },
      },
    },
  };
}
