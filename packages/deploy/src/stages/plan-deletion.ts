import type { Prefix } from '@parley/contract/names';
import { type DestroyPlan, planDestroy } from '../engine/destroy/plan-destroy.ts';
import type { DestroyInput } from '../engine/destroy/plan-destroy.ts';
import { explain } from '../errors.ts';
import { type BucketContents, readBucketContents } from './bucket-contents.ts';
import { type ImageRepository, readRepositories } from './image-repositories.ts';
import { leftOfStage } from './left-of-stage.ts';
import { type StageLogGroup, readLogGroups } from './log-groups.ts';
import { readHoldings } from './stack-holdings.ts';
import { readParameters } from './stage-parameters.ts';
import type { StageResource } from './tagged-resources.ts';

export interface DeletionInput extends Omit<DestroyInput, 'stacks'> {
  /** Prefixes of the account's other stages, which can begin as this one's. */
  others: readonly Prefix[];
  note?: (line: string) => void;
}

/** What deleting a stage means: everything of it, in its order. */
export interface StageDeletion {
  stage: string;
  prefix: Prefix;
  region: string;
  others: readonly Prefix[];
  /** The stacks that stand. */
  destroy: DestroyPlan;
  /** Buckets that are emptied and go with their stacks. */
  buckets: BucketContents[];
  /** Data and logs that stay when the stacks go: kept by their policy now or at an earlier removal. */
  kept: StageResource[];
  images: ImageRepository[];
  /** Log groups that AWS made beside the stacks. */
  byProducts: StageLogGroup[];
  /** Records of deploys and tags of images. */
  parameters: string[];
  /** Physical names of what goes with the stacks. */
  going: ReadonlySet<string>;
}

/**
 * Looks at what there is of a stage. Reads only.
 * @throws DeployError with what to do when AWS cannot be asked
 */
export async function planStageDeletion(input: DeletionInput): Promise<StageDeletion> {
  const { cloud, stage, prefix, others, note } = input;
  const destroy = await planDestroy(input);
  try {
    const names = destroy.stacks.map(({ name }) => name);
    const [held, images, logGroups, { ours }, buckets] = await Promise.all([
      readHoldings(cloud, names),
      readRepositories(cloud, prefix),
      readLogGroups(cloud, prefix, others),
      readParameters(cloud, prefix),
      Promise.all(lostBuckets(destroy).map(async (name) => readBucketContents(cloud, name))),
    ]);
    const byProducts = logGroups.filter(({ name, isByProduct }) => isByProduct && !held.has(name));
    const left = await leftOfStage(cloud, prefix, { held, others, ...(note ? { note } : {}) });
    const isByProduct = (name: string): boolean => byProducts.some((group) => group.name === name);
    const orphans = left.filter(({ kind, name }) => isDataOrLogs(kind) && !isByProduct(name));
    const kept = [...retainedByPolicy(destroy), ...orphans];
    const stays = new Set(kept.map(({ name }) => name));
    return {
      stage,
      prefix,
      region: cloud.region,
      others,
      destroy,
      buckets,
      kept,
      images,
      byProducts,
      parameters: ours,
      going: new Set([...held].filter((name) => !stays.has(name))),
    };
  } catch (error) {
    throw explain(error);
  }
}

function lostBuckets({ stacks }: DestroyPlan): string[] {
  return stacks.flatMap(({ lost }) =>
    lost.filter(({ type }) => type === 'AWS::S3::Bucket').map(({ physicalId }) => physicalId),
  );
}

const kindOf: Partial<Record<string, StageResource['kind']>> = {
  'AWS::DynamoDB::Table': 'table',
  'AWS::S3::Bucket': 'bucket',
  'AWS::Cognito::UserPool': 'user pool',
  'AWS::Logs::LogGroup': 'log group',
};

function retainedByPolicy({ stacks }: DestroyPlan): StageResource[] {
  return stacks.flatMap(({ retained }) =>
    retained.map(({ type, physicalId }) => {
      const kind = kindOf[type];
      return kind === undefined
        ? { kind: 'other' as const, name: `${type} ${physicalId}` }
        : { kind, name: physicalId };
    }),
  );
}

function isDataOrLogs(kind: StageResource['kind']): boolean {
  return kind !== 'images' && kind !== 'other';
}
