import type { ResourceChange } from '@aws-sdk/client-cloudformation';
import type { Cloud } from '../cloud/connect.ts';
import { DeployError } from '../errors.ts';
import { statefulTypes } from '../plan/stateful-types.ts';
import type { Replacement } from '../plan/types.ts';

/** What a change set would do, resource by resource. */
export async function readChangeSet(
  cloud: Cloud,
  stackName: string,
  changeSet: string,
): Promise<ResourceChange[]> {
  const { paginateDescribeChangeSet } = await import('@aws-sdk/client-cloudformation');
  const client = await cloud.cloudFormation();
  const changes: ResourceChange[] = [];
  const request = { StackName: stackName, ChangeSetName: changeSet };
  for await (const page of paginateDescribeChangeSet({ client }, request)) {
    changes.push(...(page.Changes ?? []).flatMap(({ ResourceChange: change }) => change ?? []));
  }
  return changes;
}

/** The stateful resources of a change set that CloudFormation itself says would not survive it. */
export function lossesIn(changes: readonly ResourceChange[]): Replacement[] {
  return changes.flatMap((change): Replacement[] => {
    const { LogicalResourceId: logicalId = '', ResourceType: type = '' } = change;
    const effect = effectOf(change);
    if (effect === undefined || !statefulTypes.has(type)) return [];
    return [{ logicalId, type, effect, why: `CloudFormation's change set says so${causes(change)}` }];
  });
}

function effectOf({
  Action,
  Replacement: replaced,
  PolicyAction,
}: ResourceChange): Replacement['effect'] | undefined {
  if (Action === 'Remove') return PolicyAction === 'Retain' ? 'left behind' : 'removed';
  if (replaced === 'True') return 'replaced';
  return replaced === 'Conditional' ? 'may be replaced' : undefined;
}

function causes({ Details = [] }: ResourceChange): string {
  const names = Details.filter(({ Target }) => Target?.RequiresRecreation !== 'Never').flatMap(
    ({ Target }) => Target?.Name ?? [],
  );
  return names.length === 0 ? '' : `: ${[...new Set(names)].join(', ')} changed`;
}

export interface StackLosses {
  stack: string;
  losses: readonly Replacement[];
}

/** Those that nobody acknowledged by `<stack>/<LogicalId>`; what DynamoDB would refuse cannot be acknowledged. */
export function unacknowledged(
  stacks: readonly StackLosses[],
  acknowledged: ReadonlySet<string>,
): StackLosses[] {
  return stacks
    .map(({ stack, losses }) => ({
      stack,
      losses: losses.filter(
        ({ logicalId, effect }) => effect === 'refused' || !acknowledged.has(`${stack}/${logicalId}`),
      ),
    }))
    .filter(({ losses }) => losses.length > 0);
}

const verbs: Record<Replacement['effect'], string> = {
  replaced: 'would be replaced by an empty one',
  'may be replaced': 'may be replaced by an empty one',
  removed: 'would be removed',
  'left behind': 'would be left behind, used by nothing',
  unprotected: 'would lose its protection',
  refused: 'cannot be changed like this',
};

/** Says what would be lost and how to want that. */
export function refusal(stacks: readonly StackLosses[]): DeployError {
  const lines = stacks.flatMap(({ stack, losses }) =>
    losses.map(
      ({ logicalId, type, effect, why }) => `  ${stack}/${logicalId} (${type}) ${verbs[effect]}: ${why}`,
    ),
  );
  const flags = stacks.flatMap(({ stack, losses }) =>
    losses
      .filter(({ effect }) => effect !== 'refused')
      .map(({ logicalId }) => `--acknowledge ${stack}/${logicalId}`),
  );
  return new DeployError(
    'unacknowledged',
    ['Nothing was deployed, as resources that hold data would not survive it:', ...lines].join('\n'),
    {
      nextStep:
        flags.length === 0
          ? 'Make these changes one deploy at a time.'
          : `Give the construct its old id and properties back; or, if what they hold may go, deploy with ${flags.join(' ')}`,
    },
  );
}
