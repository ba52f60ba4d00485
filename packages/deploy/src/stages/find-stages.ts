import { stage as stageName } from '@parley/contract/id';
import { type Prefix, prefixOf, ssmPath } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';
import { explain } from '../errors.ts';
import { readLiveStacks } from '../plan/live-stacks.ts';
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
    const [live, parameters, tagged] = await Promise.all([
      readLiveStacks(cloud, project),
      readParameterNames(cloud, project),
      readTagged(cloud).catch((error: unknown) => {
        note(
          `what earlier removals left could not be looked for in ${cloud.region}: ${explain(error).message}`,
        );
        return new Map<Prefix, StageResource[]>();
      }),
    ]);
    const prefixes = [...new Set([...parameters.keys(), ...tagged.keys()])];
    const stacks = Map.groupBy(live.values(), ({ name }) => prefixOfStack(name, prefixes, parameters));
    return prefixes
      .flatMap((prefix) => {
        const stage = stageOf(project, prefix);
        if (stage === undefined) return [];
        const standing = (stacks.get(prefix) ?? []).map(({ name, status }) => ({ name, status }));
        return {
          stage,
          prefix,
          region: cloud.region,
          stacks: standing,
          parameters: parameters.get(prefix)?.length ?? 0,
          left: standing.length > 0 ? [] : (tagged.get(prefix) ?? []),
        };
      })
      .toSorted((a, b) => (a.stage < b.stage ? -1 : 1));
  } catch (error) {
    throw explain(error);
  }
}

/** By the record of its deploy; without one, the longest prefix that it begins with. */
function prefixOfStack(
  name: string,
  prefixes: readonly Prefix[],
  parameters: ReadonlyMap<Prefix, readonly string[]>,
): Prefix | undefined {
  const candidates = prefixes.filter((prefix) => name.startsWith(`${prefix}-`));
  const recorded = candidates.find((prefix) =>
    parameters.get(prefix)?.includes(ssmPath.deployed(prefix, name.slice(prefix.length + 1))),
  );
  return recorded ?? candidates.toSorted((a, b) => b.length - a.length)[0];
}

/** Stage that a prefix is of; undefined when it is another project's. */
function stageOf(project: string, prefix: Prefix): string | undefined {
  if (!prefix.startsWith(prefixOf(project, ''))) return undefined;
  return stageName.safeParse(prefix.slice(prefixOf(project, '').length)).data;
}

/** Names of the SSM parameters of a project, by prefix. */
async function readParameterNames(cloud: Cloud, project: string): Promise<Map<Prefix, string[]>> {
  const { paginateDescribeParameters } = await import('@aws-sdk/client-ssm');
  const begin = `/${prefixOf(project, '')}`;
  const ParameterFilters = [{ Key: 'Name', Option: 'BeginsWith', Values: [begin] }];
  const found = new Map<Prefix, string[]>();
  for await (const page of paginateDescribeParameters({ client: await cloud.ssm() }, { ParameterFilters })) {
    for (const { Name = '' } of page.Parameters ?? []) {
      const prefix = Name.split('/')[1] ?? '';
      found.set(prefix, [...(found.get(prefix) ?? []), Name]);
    }
  }
  return found;
}
