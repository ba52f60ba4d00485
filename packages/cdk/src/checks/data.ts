import type { Check } from './check.ts';
import { statefulTypes } from './physical-names.ts';
import { resourcesOf } from './template.ts';

const policies = ['DeletionPolicy', 'UpdateReplacePolicy'] as const;

/** T8: data that goes with its stack, or with its replacement, in a stage that keeps its data. */
export const keptData: Check = (template, { protectData }) =>
  resourcesOf(template)
    .filter(({ type }) => protectData && statefulTypes.has(type))
    .flatMap(({ logicalId, type, resource }) =>
      policies
        .filter((policy) => !/^(Retain|RetainExceptOnCreate|Snapshot)$/.test(resource[policy] ?? 'Delete'))
        .map((policy) => ({
          at: logicalId,
          found: `${type} has the ${policy} "${resource[policy] ?? 'Delete'}" in a stage that keeps its data`,
          expected: '"Retain" or "Snapshot"',
          mend: 'pass removalPolicy: dataRemovalPolicy(stack) (@parley/cdk/retention)',
        })),
    );
