import type { PlannedStack } from '../plan/types.ts';
import type { DeployRecord } from '../record/record.ts';
import type { Origin } from './context.ts';

/** Greatest length of a reason in a record. */
const reasonMax = 300;

/** What is recorded of a stack's deploy at one of its turns. */
export function stackRecord(
  { stack, fingerprint, record }: PlannedStack,
  outcome: DeployRecord['outcome'],
  { who, commit, dirty, version }: Origin,
  reason?: string,
): DeployRecord {
  const byHand = stillByHand(record, fingerprint);
  return {
    v: 1,
    stack,
    outcome,
    at: new Date().toISOString(),
    who,
    ...(commit === undefined ? {} : { commit, dirty }),
    version,
    fingerprint,
    ...(reason === undefined ? {} : { reason: reason.slice(0, reasonMax) }),
    ...(byHand === undefined ? {} : { byHand }),
  };
}

/** Code replaced by hand stays live until CloudFormation sees another asset for its function. */
function stillByHand(
  record: DeployRecord | undefined,
  { assets = {} }: DeployRecord['fingerprint'],
): DeployRecord['byHand'] {
  const before = record?.fingerprint.assets ?? {};
  const kept = Object.entries(record?.byHand ?? {}).filter(
    ([name]) => assets[name] !== undefined && assets[name] === before[name],
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
