import { type Prefix, ssmPath, stackName } from '@parley/contract/names';
import type { Cloud } from '../../cloud/connect.ts';
import { explain } from '../../errors.ts';
import { readLiveStacks } from '../../plan/live-stacks.ts';
import { readValues } from '../../plan/read-values.ts';
import { readRecords } from '../../record/records.ts';
import { stageServices } from '../stage-services.ts';
import { serviceStatus } from './service-status.ts';
import { type StackStatus, stackStatus } from './stack-status.ts';
import { targetHealth } from './target-health.ts';

export type { ServiceStatus } from './service-status.ts';
export type { StackStatus } from './stack-status.ts';

/** How a stage is, as it stands. */
export interface StageStatus {
  stage: string;
  prefix: Prefix;
  region: string;
  /** Address of the web site; undefined while none is deployed. */
  url?: string;
  /** By name; those of the workspace that were never deployed are left out. */
  stacks: StackStatus[];
  healthy: boolean;
}

export interface StatusOptions {
  stage: string;
  prefix: Prefix;
  /** Stacks of the workspace; those that only a record names are looked at too. */
  stacks: readonly string[];
}

/**
 * Reads how every stack and service of a stage is; nothing of another stage.
 * @throws DeployError when AWS cannot be asked
 */
export async function readStatus(
  cloud: Cloud,
  { stage, prefix, stacks }: StatusOptions,
): Promise<StageStatus> {
  try {
    const urlPath = ssmPath.frontend(prefix, 'url');
    const recordsRead = readRecords(cloud, prefix);
    const [records, live, values, services] = await Promise.all([
      recordsRead,
      readLiveStacks(cloud, prefix),
      readValues(cloud, [urlPath]),
      recordsRead.then((found) => readServices(cloud, prefix, [...new Set([...stacks, ...found.keys()])])),
    ]);
    const url = values.get(urlPath);
    const known = [...new Set([...stacks, ...records.keys()])].toSorted();
    const read = known
      .filter((stack) => records.has(stack) || live.has(stackName(prefix, stack)))
      .map((stack) => {
        const name = stackName(prefix, stack);
        return stackStatus(stack, name, live.get(name), records.get(stack), services.get(stack) ?? []);
      });
    const healthy = read.every((each) => each.healthy);
    return {
      stage,
      prefix,
      region: cloud.region,
      ...(url === undefined ? {} : { url }),
      stacks: read,
      healthy,
    };
  } catch (error) {
    throw explain(error);
  }
}

/** The services' status, by stack. */
async function readServices(cloud: Cloud, prefix: Prefix, stacks: readonly string[]) {
  const services = await stageServices(cloud, prefix, stacks);
  const read = await Promise.all(
    services.map(async (each) => ({
      stack: each.stack,
      status: serviceStatus(each, await targetHealth(cloud, each)),
    })),
  );
  const byStack = Map.groupBy(read, ({ stack }) => stack);
  return new Map([...byStack].map(([stack, each]) => [stack, each.map(({ status }) => status)]));
}
