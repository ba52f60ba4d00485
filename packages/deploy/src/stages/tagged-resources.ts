import { type Prefix, tags } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';

/** Something in the account that is of a stage. */
export interface StageResource {
  /** `other`: nothing that Parley makes by itself keeps. */
  kind: 'table' | 'bucket' | 'user pool' | 'log group' | 'images' | 'other';
  /** As the service's own calls take it; of others the ARN. */
  name: string;
}

/** Everything that carries the tag of a stage's prefix, by prefix, as far as AWS's tagging service knows it. */
export async function readTagged(cloud: Cloud, prefix?: Prefix): Promise<Map<Prefix, StageResource[]>> {
  const { ResourceGroupsTaggingAPIClient, paginateGetResources } =
    await import('@aws-sdk/client-resource-groups-tagging-api');
  const client = new ResourceGroupsTaggingAPIClient(cloud.clientOptions);
  const TagFilters = [{ Key: tags.prefix, ...(prefix === undefined ? {} : { Values: [prefix] }) }];
  const found = new Map<Prefix, StageResource[]>();
  for await (const page of paginateGetResources({ client }, { TagFilters })) {
    for (const { ResourceARN = '', Tags = [] } of page.ResourceTagMappingList ?? []) {
      const of = Tags.find(({ Key }) => Key === tags.prefix)?.Value;
      const resource = resourceOf(ResourceARN);
      if (of !== undefined && resource) found.set(of, [...(found.get(of) ?? []), resource]);
    }
  }
  return found;
}

const kinds: [RegExp, StageResource['kind']][] = [
  [/^arn:[^:]+:dynamodb:[^:]*:[^:]*:table\/([^/]+)$/, 'table'],
  [/^arn:[^:]+:s3:::([^/]+)$/, 'bucket'],
  [/^arn:[^:]+:cognito-idp:[^:]*:[^:]*:userpool\/(.+)$/, 'user pool'],
  [/^arn:[^:]+:logs:[^:]*:[^:]*:log-group:(.+?)(:\*)?$/, 'log group'],
  [/^arn:[^:]+:ecr:[^:]*:[^:]*:repository\/(.+)$/, 'images'],
];

/**
 * What costs nothing without the stacks, or is looked at by other means: ECS lists what is gone for hours. And what has
 * no region (roles, distributions), which AWS lists in us-east-1 for the stages of every region.
 */
const forgotten = /^arn:[^:]+:((ecs|cloudformation|ssm):|(?!s3:)[^:]+::)/;

/** What an ARN is of; undefined for what need not be removed. */
export function resourceOf(arn: string): StageResource | undefined {
  if (forgotten.test(arn)) return undefined;
  for (const [pattern, kind] of kinds) {
    const name = pattern.exec(arn)?.[1];
    if (name !== undefined) return { kind, name };
  }
  return { kind: 'other', name: arn };
}
