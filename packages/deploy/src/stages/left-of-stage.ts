import type { Prefix } from '@parley/contract/names';
import type { Cloud } from '../cloud/connect.ts';
import { explain } from '../errors.ts';
import { readRepositories } from './image-repositories.ts';
import { readLogGroups } from './log-groups.ts';
import { readTagged, type StageResource } from './tagged-resources.ts';

export interface LeftOptions {
  /** Names that standing stacks hold: tables, buckets, user pools, log groups. @default none */
  held?: ReadonlySet<string>;
  /** Prefixes of the account's other stages. */
  others: readonly Prefix[];
  note?: (line: string) => void;
}

/**
 * What is of a stage and in no stack: kept by its policy, left by a removal that failed, or made by AWS. By the tag
 * that every resource of a stage carries, and by name where AWS's tagging service is slow or not allowed.
 */
export async function leftOfStage(
  cloud: Cloud,
  prefix: Prefix,
  { held = new Set(), others, note = () => {} }: LeftOptions,
): Promise<StageResource[]> {
  const [tagged, logGroups, repositories] = await Promise.all([
    readTagged(cloud, prefix).catch((error: unknown) => {
      note(`what carries the stage's tag could not be looked for: ${explain(error).message}`);
      return new Map<Prefix, StageResource[]>();
    }),
    readLogGroups(cloud, prefix, others),
    readRepositories(cloud, prefix),
  ]);
  const named: StageResource[] = [
    ...logGroups.map(({ name }) => ({ kind: 'log group' as const, name })),
    ...repositories.map(({ name }) => ({ kind: 'images' as const, name })),
  ];
  // What AWS removed a moment ago can still be listed by its tag; of these the services themselves know better.
  const told = (tagged.get(prefix) ?? []).filter(({ kind }) => kind !== 'log group' && kind !== 'images');
  return [...told, ...named].filter(({ name }) => !held.has(name));
}
