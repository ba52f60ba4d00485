import { type StageArguments, commandLine } from '../command-line.ts';
import type { DeployRecord, StoredRecord } from '../record/record.ts';
import type { LiveStack } from './live-stacks.ts';
import type { PlannedStack, Reason } from './types.ts';

/** What stands of a stack, whatever its sources say now. */
export interface StackState {
  /** Reasons to deploy that lie in the stack itself. */
  reasons: Reason[];
  /** Whether it stands and its record says what it is made of, so that a comparison means something. */
  isComparable: boolean;
  blocked?: NonNullable<PlannedStack['blocked']>;
}

/** Judges CloudFormation's status and the record of the last deploy together. */
export function stackState(
  stack: string,
  live: LiveStack | undefined,
  stored: StoredRecord | undefined,
  run: StageArguments & { region: string },
): StackState {
  const record = stored && 'record' in stored ? stored.record : undefined;
  // A change set that nobody executed has left a name and nothing else.
  if (!live || live.status === 'REVIEW_IN_PROGRESS')
    return { reasons: [absence(record)], isComparable: false };
  const { status } = live;
  if (status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' && record?.outcome === 'succeeded') {
    return { reasons: [], isComparable: true }; // Its new state stands; what goes is what it no longer needs.
  }
  if (status.endsWith('_IN_PROGRESS')) return inProgress(live, record);
  if (status === 'ROLLBACK_COMPLETE') return { reasons: [rolledBack(live)], isComparable: false };
  const stuck = stuckState(stack, live, run);
  if (stuck) return { reasons: [stuck], isComparable: record !== undefined, blocked: stuck };
  return { reasons: recordReasons(stored), isComparable: record !== undefined };
}

function absence(record: DeployRecord | undefined): Reason {
  if (!record) return { code: 'never-deployed', text: 'never deployed' };
  if (record.outcome === 'succeeded') {
    return { code: 'gone', text: `deployed ${by(record)}, but the stack is not there any more` };
  }
  return lastDeploy(record);
}

function recordReasons(stored: StoredRecord | undefined): Reason[] {
  if (!stored)
    return [{ code: 'unknown', text: 'it stands, but nothing is recorded of what it was made of' }];
  if ('unreadable' in stored) {
    return [{ code: 'unknown', text: `it stands, but its record cannot be read here: ${stored.unreadable}` }];
  }
  return stored.record.outcome === 'succeeded' ? [] : [lastDeploy(stored.record)];
}

function lastDeploy(record: DeployRecord): Reason {
  if (record.outcome === 'failed') {
    const why = record.reason === undefined ? '' : `: ${record.reason}`;
    return { code: 'last-failed', text: `the last deploy, ${by(record)}, failed${why}` };
  }
  return {
    code: 'last-cut',
    text: `the last deploy, begun ${by(record)}, was cut and never said how it ended`,
  };
}

function rolledBack({ statusReason }: LiveStack): Reason {
  const why = statusReason === '' ? '' : ` (${statusReason})`;
  return {
    code: 'rolled-back',
    text: `its creation failed and was rolled back${why}: what is left (ROLLBACK_COMPLETE) is removed, and it is created anew`,
  };
}

function inProgress(live: LiveStack, record: DeployRecord | undefined): StackState {
  const since = live.changedAt ? ` since ${timeOf(live.changedAt)}` : '';
  const who =
    record?.outcome === 'started' ? `; ${record.who} began a deploy at ${timeOf(new Date(record.at))}` : '';
  const reason: Reason = {
    code: 'in-progress',
    text: `CloudFormation is at work on it (${live.status}${since}${who})`,
  };
  return {
    reasons: [reason],
    isComparable: false,
    blocked: { ...reason, nextStep: 'Wait until it is through, then run the same command again.' },
  };
}

/** States from which CloudFormation takes no update. */
function stuckState(
  stack: string,
  { name, status, statusReason }: LiveStack,
  run: StageArguments & { region: string },
) {
  const text = `CloudFormation left it in ${status}${statusReason === '' ? '' : ` (${statusReason})`}`;
  if (status === 'UPDATE_ROLLBACK_FAILED') {
    const command = `aws cloudformation continue-update-rollback --stack-name ${name} --region ${run.region}`;
    return {
      code: 'stuck' as const,
      text,
      nextStep: `Mend what it names, run \`${command}\`, then this command again.`,
    };
  }
  if (!/^(DELETE|ROLLBACK|CREATE|IMPORT_ROLLBACK)_FAILED$/.test(status)) return undefined;
  return {
    code: 'stuck' as const,
    text,
    nextStep: `Remove what is left of it (\`${commandLine(`destroy ${stack}`, run)}\`), then run this command again.`,
  };
}

/** `2026-11-21 09:30 UTC by alice`. */
export function by({ at, who }: DeployRecord): string {
  return `${timeOf(new Date(at))} by ${who}`;
}

function timeOf(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
