import type { LiveStack } from '../../plan/live-stacks.ts';
import type { DeployRecord, StoredRecord } from '../../record/record.ts';
import type { ServiceStatus } from './service-status.ts';

/** How one stack of a stage is. */
export interface StackStatus {
  stack: string;
  /** CloudFormation's name. */
  name: string;
  /** CloudFormation's status; undefined when there is no such stack. */
  status?: string;
  /** The last deploy; undefined when nothing is recorded, or it cannot be read. */
  deployed?: Pick<DeployRecord, 'outcome' | 'at' | 'who' | 'commit' | 'dirty' | 'version' | 'reason'>;
  /** Functions whose code was replaced since, one by one. */
  byHand?: string[];
  /** Services that were put back to an earlier image since: service → tag. */
  rolledBack?: Record<string, string>;
  services: ServiceStatus[];
  healthy: boolean;
  /** What is wrong with the stack itself, each as a sentence without a full stop. */
  problems: string[];
}

/** States in which a stack is not what any deploy made it. An update that was rolled back left it as it was. */
const broken = /_FAILED$|^ROLLBACK_COMPLETE$/;

export function stackStatus(
  stack: string,
  name: string,
  live: LiveStack | undefined,
  stored: StoredRecord | undefined,
  services: ServiceStatus[],
): StackStatus {
  const record = stored && 'record' in stored ? stored.record : undefined;
  const problems = [
    ...(live ? [] : ['it was deployed, but the stack is not there any more']),
    ...(live && broken.test(live.status)
      ? [
          `CloudFormation left it in ${live.status}${live.statusReason === '' ? '' : ` (${live.statusReason})`}`,
        ]
      : []),
  ];
  return {
    stack,
    name,
    ...(live ? { status: live.status } : {}),
    ...(record ? recordParts(record) : {}),
    services,
    healthy: problems.length === 0 && services.every(({ healthy }) => healthy),
    problems,
  };
}

function recordParts(record: DeployRecord): Pick<StackStatus, 'deployed' | 'byHand' | 'rolledBack'> {
  const { outcome, at, who, commit, dirty, version, reason, byHand, rolledBack } = record;
  return {
    deployed: {
      outcome,
      at,
      who,
      version,
      ...(commit === undefined ? {} : { commit }),
      ...(dirty === undefined ? {} : { dirty }),
      ...(reason === undefined ? {} : { reason }),
    },
    ...(byHand ? { byHand: Object.keys(byHand) } : {}),
    ...(rolledBack ? { rolledBack } : {}),
  };
}
