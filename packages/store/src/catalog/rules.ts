import type { AppliedEvent, Pointer } from './items.ts';

/** Who sent a registration event, and when. */
export interface Writer {
  /** Name of the stack: survives its being deleted and made again, which its id does not. */
  owner: string;
  stackId: string;
  logicalResourceId: string;
  requestId: string;
  /** ISO time at which CloudFormation sent the event; without it, events count in order of arrival. */
  issuedAt?: string;
}

export type RegisterVerdict = 'apply' | 'repeated' | 'stale' | 'foreign';
export type RetireVerdict = 'retire' | 'note' | 'repeated' | 'stale' | 'not-owner';

/** Events remembered per pointer: far more than can be under way for one resource at a time. */
const eventsKept = 10;

/**
 * What a create or update does. Ownership is judged before order: an id that another stack holds
 * is refused however old the event. A retired id is free, and its new owner owes its old one's
 * events no order.
 */
export function judgeRegister(pointer: Pointer | undefined, writer: Writer): RegisterVerdict {
  if (!pointer) return 'apply';
  if (isRepeated(pointer, writer)) return 'repeated';
  if (!pointer.retired && pointer.owner !== writer.owner) return 'foreign';
  return isStale(pointer, writer) ? 'stale' : 'apply';
}

/**
 * What a delete does. Only the last writer's own delete retires: the delete of a resource that
 * another one has replaced meanwhile must not take the replacement down. One that finds nothing
 * is noted all the same: its create may be on its way still, and must not bring anything to life.
 */
export function judgeRetire(pointer: Pointer | undefined, writer: Writer): RetireVerdict {
  if (!pointer) return 'note';
  if (isRepeated(pointer, writer)) return 'repeated';
  if (pointer.retired) return 'note';
  const isLastWriter =
    pointer.stackId === writer.stackId && pointer.logicalResourceId === writer.logicalResourceId;
  if (!isLastWriter) return 'not-owner';
  return isStale(pointer, writer) ? 'stale' : 'retire';
}

/** The events to remember once this one is applied. */
export function withEvent(
  events: readonly AppliedEvent[],
  { requestId, owner, issuedAt }: Writer,
): AppliedEvent[] {
  return [...events, { requestId, owner, ...(issuedAt !== undefined && { issuedAt }) }].slice(-eventsKept);
}

function isRepeated({ events }: Pointer, { requestId }: Writer): boolean {
  return events.some((event) => event.requestId === requestId);
}

function isStale({ events }: Pointer, { owner, issuedAt }: Writer): boolean {
  if (issuedAt === undefined) return false;
  return events.some(
    (event) =>
      event.owner === owner &&
      event.issuedAt !== undefined &&
      Date.parse(event.issuedAt) > Date.parse(issuedAt),
  );
}
