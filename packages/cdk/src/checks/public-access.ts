import type { Check, Finding } from './check.ts';
import { resourceStatements } from './policies.ts';
import { asList, asObject, resourcesOf } from './template.ts';

/**
 * What anybody may reach: a load balancer that faces the internet (AWS's default, and ours is reached by
 * CloudFront alone), a function's address without sign-in, a bucket's public list, a policy for everybody.
 */
export const publicAccess: Check = (template) => [
  ...resourcesOf(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer')
    .filter(({ properties }) => properties['Scheme'] !== 'internal')
    .map(({ logicalId }) => ({
      at: logicalId,
      found: 'the load balancer faces the internet',
      expected: 'Scheme "internal"',
      mend: "make it internal (internetFacing: false); the stage's address leads to the shared one",
    })),
  ...resourcesOf(template, 'AWS::Lambda::Url')
    .filter(({ properties }) => properties['AuthType'] !== 'AWS_IAM')
    .map(({ logicalId, properties }) =>
      open(logicalId, `the function's address has AuthType "${String(properties['AuthType'])}"`),
    ),
  ...resourcesOf(template, 'AWS::Lambda::Permission')
    .filter(({ properties }) => properties['Principal'] === '*')
    .map(({ logicalId }) => open(logicalId, 'it lets every principal invoke the function')),
  ...resourcesOf(template, 'AWS::S3::Bucket')
    .filter(({ properties }) => String(properties['AccessControl']).startsWith('Public'))
    .map(({ logicalId, properties }) =>
      open(logicalId, `the bucket has the access control "${String(properties['AccessControl'])}"`),
    ),
  ...resourceStatements(template)
    .filter(({ statement }) => statement.effect === 'Allow' && !statement.isConditional)
    .filter(({ statement: { principals } }) => isEverybody(principals))
    .map(({ logicalId, statement: { actions } }) =>
      open(logicalId, `its policy allows ${actions.join(', ')} to everybody`),
    ),
];

function open(at: string, found: string): Finding {
  return { at, found, expected: 'callers that are named', mend: 'name who may use it, or add a condition' };
}

function isEverybody(principals: unknown): boolean {
  return principals === '*' || asList(asObject(principals)['AWS']).includes('*');
}
