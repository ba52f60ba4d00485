import type { Check } from './check.ts';
import { rolePolicies } from './policies.ts';
import { textOf } from './template.ts';

/** Actions that IAM takes for no particular resource: https://docs.aws.amazon.com/service-authorization/ */
const withoutResource = new Set([
  'cloudwatch:PutMetricData',
  'dynamodb:ListStreams',
  'ecr:GetAuthorizationToken',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
]);

/**
 * A role that may do everything, a whole service or every writing of a kind: `*`, `s3:*`, `s3:Put*`. What is
 * narrower (`s3:GetObject*`, `s3:List*`) is what CDK's own grants give.
 */
export const wildcardActions: Check = (template) =>
  rolePolicies(template).flatMap(({ logicalId, statements }) =>
    statements
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ actions }) => actions)
      .filter((action) => /^(\*|[a-z0-9-]+:(\*|(?!List|Describe|Abort)[A-Z][a-z]*\*))$/.test(action))
      .map((action) => ({
        at: logicalId,
        found: `it allows "${action}"`,
        expected: 'actions that are spelled out',
        mend: 'name the actions that the code uses',
      })),
  );

/** A role that may act on everything of a kind in the account, other stages included, without a condition. */
export const wildcardResources: Check = (template) =>
  rolePolicies(template).flatMap(({ logicalId, statements }) =>
    statements
      .filter(({ effect, isConditional }) => effect === 'Allow' && !isConditional)
      .filter(({ actions }) => !actions.every((action) => withoutResource.has(action)))
      .flatMap(({ actions, resources }) =>
        resources
          .map(textOf)
          .filter(isEverythingOfAKind)
          .map((resource) => ({
            at: logicalId,
            found: `it allows ${actions.join(', ')} on "${resource}"`,
            expected: 'resources that are named, or a condition',
            mend: 'name the ARNs that the code uses',
          })),
      ),
  );

/** `*`, or an ARN whose last part is `*` or `<kind>/*`: `arn:aws:s3:::*`, `arn:aws:dynamodb:…:table/*`. */
function isEverythingOfAKind(resource: string): boolean {
  if (resource === '*') return true;
  const [arn, , service, , , ...rest] = resource.replaceAll(/\{[^}]*\}/g, 'X').split(':');
  // Of a bucket the first part is its name.
  const everything = service === 's3' ? /^\*(\/\*)?$/ : /^([a-z-]+[/:])?\*$/;
  return arn === 'arn' && everything.test(rest.join(':'));
}
