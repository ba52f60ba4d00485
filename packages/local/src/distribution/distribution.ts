import { wildcard } from '../gateway/routes.ts';
import type { StackStore } from '../state/stack-store.ts';
import { type Json, listAt, objectAt, textAt, textsAt } from '@parley/assembly/values';
import { type HeaderRules, headerRules } from './header-rules.ts';

/** Where a request is answered. */
export type Origin =
  | { type: 'bucket'; bucket: string; folder: string; mayList: boolean }
  | { type: 'balancer' }
  | { type: 'unknown'; domain: string };

/** What a distribution does with the requests of one path pattern. */
export interface Behavior {
  matches(path: string): boolean;
  methods: string[];
  /** Source of the function that sees a request before anything else does. */
  requestFunction: string | undefined;
  origin: Origin;
  compress: boolean;
  headers: HeaderRules;
}

/** A CloudFront distribution, as far as one machine can be one. */
export interface Distribution {
  id: string;
  /** What `/` stands for at a bucket. */
  rootObject: string;
  /** The behavior of a path: the first whose pattern matches, else the default one. */
  behaviorOf(path: string): Behavior;
}

/** AWS's policy that keeps nothing; with it there is no compression either. */
export const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

/**
 * The distribution of the running stacks; undefined when they have none, or it is disabled.
 * @param bucketsOrigin where buckets are reached here
 */
export function distributionOf(store: StackStore, bucketsOrigin: string): Distribution | undefined {
  const found = store
    .ofType('AWS::CloudFront::Distribution')
    .find(({ record }) => textAt(objectAt(record.properties, 'DistributionConfig'), 'Enabled') !== 'false');
  if (!found) return undefined;
  const config = objectAt(found.record.properties, 'DistributionConfig');
  const origins = new Map(
    listAt(config, 'Origins').map((origin) => [textAt(origin, 'Id'), originOf(origin, store)]),
  );
  const read = (behavior: Json) => behaviorOf(behavior, origins, store, bucketsOrigin);
  const behaviors = listAt(config, 'CacheBehaviors').map(read);
  const fallback = read(objectAt(config, 'DefaultCacheBehavior'));
  return {
    id: found.record.physicalId,
    rootObject: textAt(config, 'DefaultRootObject') ?? '',
    behaviorOf: (path) => behaviors.find((behavior) => behavior.matches(path)) ?? fallback,
  };
}

function behaviorOf(
  behavior: Json,
  origins: Map<string | undefined, Origin>,
  store: StackStore,
  bucketsOrigin: string,
): Behavior {
  const target = textAt(behavior, 'TargetOriginId') ?? '';
  const pattern = (textAt(behavior, 'PathPattern') ?? '*').replace(/^\//, '');
  const matcher = wildcard(pattern);
  const methods = textsAt(behavior, 'AllowedMethods');
  const policy = textAt(behavior, 'ResponseHeadersPolicyId') ?? '';
  return {
    matches: (path) => matcher.test(path.replace(/^\//, '')),
    methods: methods.length > 0 ? methods : ['GET', 'HEAD'],
    requestFunction: requestFunctionOf(behavior, store),
    origin: origins.get(target) ?? { type: 'unknown', domain: target },
    compress:
      textAt(behavior, 'Compress') === 'true' && textAt(behavior, 'CachePolicyId') !== cachingDisabled,
    headers: headerRules(
      store.find('AWS::CloudFront::ResponseHeadersPolicy', policy)?.record.properties,
      bucketsOrigin,
    ),
  };
}

function requestFunctionOf(behavior: Json, store: StackStore): string | undefined {
  const association = listAt(behavior, 'FunctionAssociations').find(
    (each) => textAt(each, 'EventType') === 'viewer-request',
  );
  const functionArn = textAt(association ?? null, 'FunctionARN') ?? '';
  return textAt(store.find('AWS::CloudFront::Function', functionArn)?.record.properties, 'FunctionCode');
}

/** Whether the bucket's policy lets CloudFront list it. */
function mayList(bucket: string, store: StackStore): boolean {
  const policies = store
    .ofType('AWS::S3::BucketPolicy')
    .filter(({ record }) => textAt(record.properties, 'Bucket') === bucket);
  const statements = policies.flatMap(({ record }) =>
    listAt(objectAt(record.properties, 'PolicyDocument'), 'Statement'),
  );
  return statements.some(
    (statement) =>
      textAt(statement, 'Effect') === 'Allow' &&
      [textAt(statement, 'Action'), ...textsAt(statement, 'Action')].includes('s3:ListBucket') &&
      textAt(objectAt(statement, 'Principal'), 'Service') === 'cloudfront.amazonaws.com',
  );
}

function originOf(origin: Json, store: StackStore): Origin {
  const domain = textAt(origin, 'DomainName') ?? '';
  const bucket = store
    .ofType('AWS::S3::Bucket')
    .find(({ record: { attributes } }) =>
      ['DomainName', 'RegionalDomainName'].some((name) => textAt(attributes, name) === domain),
    );
  if (bucket) {
    const folder = (textAt(origin, 'OriginPath') ?? '').replace(/^\//, '');
    const { physicalId } = bucket.record;
    return { type: 'bucket', bucket: physicalId, folder, mayList: mayList(physicalId, store) };
  }
  const isBalancer = store
    .ofType('AWS::ElasticLoadBalancingV2::LoadBalancer')
    .some(({ record }) => textAt(record.attributes, 'DNSName') === domain);
  return isBalancer ? { type: 'balancer' } : { type: 'unknown', domain };
}
