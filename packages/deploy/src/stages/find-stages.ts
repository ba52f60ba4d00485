import { stage as stageName } from '@parley/contract/id';
import { type Prefix, prefixOf, tags } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';
import { explain } from '../errors.ts';
import { readTagged, type StageResource } from './tagged-resources.ts';

/** A stage as one region has it. */
export interface FoundStage {
  stage: string;
  prefix: Prefix;
  region: string;
  /** Stacks that stand. */
  stacks: { name: string; status: string }[];
  /** SSM parameters below `/<prefix>/`. */
  parameters: number;
  /** What carries the stage's tag while no stack of it stands. */
  left: StageResource[];
}

/**
 * Every stage of a project that has anything in a region: stacks, parameters, or what an earlier removal left.
 * @param note told what could not be looked at
 */
export async function findStages(
  cloud: Cloud,
  project: string,
  note: (line: string) => void = () => {},
): Promise<FoundStage[]> {
  try {
    const [stacks, parameters, tagged] = await Promise.all([
      readStacks(cloud),
      countParameters(cloud, project),
      readTagged(cloud).catch((error: unknown) => {
        note(
          `what earlier removals left could not be looked for in ${cloud.region}: ${explain(error).message}`,
        );
        return new Map<Prefix, StageResource[]>();
      }),
    ]);
    const prefixes = new Set([...stacks.keys(), ...parameters.keys(), ...tagged.keys()]);
    return [...prefixes]
      .flatMap((prefix) => {
        const stage = stageOf(project, prefix);
        if (stage === undefined) return [];
        const standing = stacks.get(prefix) ?? [];
        return {
          stage,
          prefix,
          region: cloud.region,
          stacks: standing,
          parameters: parameters.get(prefix) ?? 0,
          left: standing.length > 0 ? [] : (tagged.get(prefix) ?? []),
        };
      })
      .toSorted((a, b) => (a.stage < b.stage ? -1 : 1));
  } catch (error) {
    throw explain(error);
  }
}

/** Stage that a prefix is of; undefined when it is another project's. */
function stageOf(project: string, prefix: Prefix): string | undefined {
  if (!prefix.startsWith(prefixOf(project, ''))) return undefined;
  return stageName.safeParse(prefix.slice(prefixOf(project, '').length)).data;
}

async function readStacks(cloud: Cloud): Promise<Map<Prefix, FoundStage['stacks']>> {
  const { paginateDescribeStacks } = await import('@aws-sdk/client-cloudformation');
  const found = new Map<Prefix, FoundStage['stacks']>();
  for await (const page of paginateDescribeStacks({ client: await cloud.cloudFormation() }, {})) {
    for (const { StackName: name = '', StackStatus: status = '', Tags = [] } of page.Stacks ?? []) {
      const prefix = Tags.find(({ Key }) => Key === tags.prefix)?.Value;
      if (prefix === undefined || status === 'DELETE_COMPLETE') continue;
      found.set(prefix, [...(found.get(prefix) ?? []), { name, status }]);
    }
  }
  return found;
}

async function countParameters(cloud: Cloud, project: string): Promise<Map<Prefix, number>> {
  const { paginateDescribeParameters } = await import('@aws-sdk/client-ssm');
  const begin = `/${prefixOf(project, '')}`;
  const ParameterFilters = [{ Key: 'Name', Option: 'BeginsWith', Values: [begin] }];
  const found = new Map<Prefix, number>();
  for await (const page of paginateDescribeParameters({ client: await cloud.ssm() }, { ParameterFilters })) {
    for (const { Name = '' } of page.Parameters ?? []) {
      const prefix = Name.split('/')[1] ?? '';
      found.set(prefix, (found.get(prefix) ?? 0) + 1);
    }
  }
  return found;
}
