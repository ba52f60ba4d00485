import { expect, test } from 'vitest';
import { problemsOf } from '../testing/stack-problems.ts';

test("a load balancer that faces the internet is refused, which is AWS's default", async () => {
  expect(await problemsOf(`add('Balancer', 'AWS::ElasticLoadBalancingV2::LoadBalancer');`)).toEqual([
    'stack.ts: Balancer (Balancer): the load balancer faces the internet; expected Scheme "internal": make it internal (internetFacing: false); the stage\'s address leads to the shared one [public-access]',
  ]);
});

test.each([
  ['the function\'s address has AuthType "NONE"', `'AWS::Lambda::Url', { AuthType: 'NONE' }`],
  ['it lets every principal invoke the function', `'AWS::Lambda::Permission', { Principal: '*' }`],
  ['the bucket has the access control "PublicRead"', `'AWS::S3::Bucket', { AccessControl: 'PublicRead' }`],
  [
    'its policy allows s3:GetObject to everybody',
    `'AWS::S3::BucketPolicy', { PolicyDocument: { Statement: { Effect: 'Allow', Action: 's3:GetObject', Principal: '*', Resource: 'x' } } }`,
  ],
  [
    'its policy allows sts:AssumeRole to everybody',
    `'AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '*' } }] } }`,
  ],
])('what anybody may use is refused: %s', async (found, resource) => {
  expect(await problemsOf(`add('Open', ${resource});`)).toEqual([
    `stack.ts: Open (Open): ${found}; expected callers that are named: name who may use it, or add a condition [public-access]`,
  ]);
});
