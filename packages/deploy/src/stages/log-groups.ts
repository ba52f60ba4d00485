import { type Prefix, functionLogGroup, serviceLogGroup } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';

/** A log group, with what it costs to keep. */
export interface StageLogGroup {
  name: string;
  bytes: number;
  /** AWS made it, beside the stacks: of a function without one of its own, or of container insights. */
  isByProduct: boolean;
}

/**
 * Log groups of a stage, whether a stack holds them or not. Those that AWS names begin with the name of a stack or a
 * cluster, and so can another stage's whose prefix goes on where this one ends: those of `others` are left out.
 */
export async function readLogGroups(
  cloud: Cloud,
  prefix: Prefix,
  others: readonly Prefix[],
): Promise<StageLogGroup[]> {
  const own = [functionLogGroup(prefix, ''), serviceLogGroup(prefix, '')];
  const made = ['/aws/lambda/', '/aws/ecs/containerinsights/'];
  const longer = others.filter((other) => other.startsWith(`${prefix}-`));
  const [kept, byProducts] = await Promise.all([
    Promise.all(own.map(async (begin) => groupsFrom(cloud, begin))),
    Promise.all(
      made.map(async (begin) =>
        (await groupsFrom(cloud, `${begin}${prefix}-`)).filter(
          ({ name }) => !longer.some((other) => name.startsWith(`${begin}${other}-`)),
        ),
      ),
    ),
  ]);
  return [
    ...kept.flat().map((group) => ({ ...group, isByProduct: false })),
    ...byProducts.flat().map((group) => ({ ...group, isByProduct: true })),
  ];
}

async function groupsFrom(
  cloud: Cloud,
  logGroupNamePrefix: string,
): Promise<Omit<StageLogGroup, 'isByProduct'>[]> {
  const { paginateDescribeLogGroups } = await import('@aws-sdk/client-cloudwatch-logs');
  const found: Omit<StageLogGroup, 'isByProduct'>[] = [];
  const pages = paginateDescribeLogGroups({ client: await cloud.logs() }, { logGroupNamePrefix });
  for await (const { logGroups = [] } of pages) {
    found.push(...logGroups.map(({ logGroupName: name = '', storedBytes: bytes = 0 }) => ({ name, bytes })));
  }
  return found;
}
