import { type Prefix, functionLogGroup, serviceLogGroup } from '@parley/contract/names';
import type { Cloud } from '../../cloud/connect.ts';
import { DeployError } from '../../errors.ts';

/** Something of a stage that logs. */
export interface LogSource {
  /** Name of the service, or of the function: a tool's begins with its stack's, such as `weather-forecast`. */
  name: string;
  kind: 'service' | 'function';
  group: string;
}

/** Everything of a stage that has a log group, also where the stack is gone and its log was kept. */
export async function logSources(cloud: Cloud, prefix: Prefix): Promise<LogSource[]> {
  const [services, functions] = await Promise.all([
    readGroups(cloud, 'service', serviceLogGroup(prefix, '')),
    readGroups(cloud, 'function', functionLogGroup(prefix, '')),
  ]);
  return [...services, ...functions];
}

async function readGroups(cloud: Cloud, kind: LogSource['kind'], begin: string): Promise<LogSource[]> {
  const { paginateDescribeLogGroups } = await import('@aws-sdk/client-cloudwatch-logs');
  const client = await cloud.logs();
  const found: LogSource[] = [];
  for await (const page of paginateDescribeLogGroups({ client }, { logGroupNamePrefix: begin })) {
    for (const { logGroupName: group = '' } of page.logGroups ?? [])
      found.push({ name: group.slice(begin.length), kind, group });
  }
  return found.toSorted((a, b) => a.name.localeCompare(b.name));
}

/**
 * The source that is meant: by its name, or a tool by the end of it (`forecast`, `weather/forecast`).
 * @throws DeployError `unknown-log` listing those there are, or those that it may mean
 */
export function findSource(sources: readonly LogSource[], wanted: string): LogSource {
  const name = wanted.replace('/', '-');
  const exact = sources.find((source) => source.name === name);
  if (exact) return exact;
  const ending = sources.filter((source) => source.kind === 'function' && source.name.endsWith(`-${name}`));
  if (ending.length === 1) return ending[0]!;
  const names = (ending.length > 1 ? ending : sources).map((source) => source.name).join(', ');
  throw new DeployError(
    'unknown-log',
    ending.length > 1
      ? `"${wanted}" may be one of these: ${names}.`
      : `Nothing called "${wanted}" logs in this stage.`,
    { nextStep: ending.length > 1 ? 'Name one of them.' : nextStep(names) },
  );
}

function nextStep(names: string): string {
  return names === ''
    ? 'Nothing is deployed to this stage; see `pnpm run stage list`, or deploy it.'
    : `There are: ${names}.`;
}
