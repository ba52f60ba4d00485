import { isSameResource, standingClaims, type Resource } from './claims.ts';
import type { AppliedEvent, Claim, Pointer } from './items.ts';
import type { NextPointer } from './pointers.ts';

/** Who sent a registration event, and when. */
export interface Writer extends Resource {
  /** Name of the stack: survives its being deleted and made again, which its id does not. */
  owner: string;
  requestId: string;
  /** ISO time at which CloudFormation sent the event; without it, events count in order of arrival. */
  issuedAt?: string;
}

export type RegisterVerdict = 'apply' | 'repeated' | 'stale' | 'foreign';
export type RetireVerdict = 'withdraw' | 'note' | 'repeated' | 'stale' | 'not-owner';

/**
 * - `retired`: nothing is live any more.
 * - `fell-back`: live is now what another resource of the same stack, which still stands, registered before.
 * - `withdrawn`: the resource will not be fallen back to; what is live stays.
 * - `not-owner`: the resource has no claim on what is live.
 * - `absent`: nothing was live; noted, so that a create of before cannot come to life afterwards.
 * - `repeated`, `stale`: as for a registration.
 */
export type RetireResult =
  'retired' | 'fell-back' | 'withdrawn' | 'not-owner' | 'absent' | 'repeated' | 'stale';

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
 * What a delete does. It withdraws its own resource's claim and no other: the delete of a resource
 * that another one has replaced meanwhile must not take the replacement down. One that finds no
 * claim is noted all the same: its create may be on its way still, and must not bring anything to
 * life. It is late only if its own resource registered again since: whatever else the stack did
 * meanwhile, a resource whose delete was sent is gone.
 */
export function judgeRetire(pointer: Pointer | undefined, writer: Writer): RetireVerdict {
  if (!pointer) return 'note';
  if (isRepeated(pointer, writer)) return 'repeated';
  if (pointer.retired) return 'note';
  const claim = standingClaims(pointer).find((each) => isSameResource(each, writer));
  if (claim) return isBefore(writer, claim) ? 'stale' : 'withdraw';
  return pointer.stackId === writer.stackId ? 'note' : 'not-owner';
}

/** What a delete was that left these claims of those. */
export function retireResult(before: readonly Claim[], after: readonly Claim[]): RetireResult {
  if (before.length === 0) return 'absent';
  if (before.length === after.length) return 'not-owner';
  if (after.length === 0) return 'retired';
  return before.at(-1) === after.at(-1) ? 'withdrawn' : 'fell-back';
}

/** The pointer to the last of these claims once the event is applied; a tombstone if there is none. */
export function pointerTo(claims: readonly Claim[], before: Pointer | undefined, event: Writer): NextPointer {
  const events = withEvent(before?.events ?? [], event);
  const live = claims.at(-1);
  if (live) return { ...live, owner: event.owner, earlier: claims.slice(0, -1), retired: false, events };
  const { version, owner, stackId, logicalResourceId } = { version: undefined, ...(before ?? event) };
  return { version, owner, stackId, logicalResourceId, earlier: [], retired: true, events };
}

/** The events to remember once this one is applied. */
function withEvent(events: readonly AppliedEvent[], { requestId, owner, issuedAt }: Writer): AppliedEvent[] {
  return [...events, { requestId, owner, ...(issuedAt !== undefined && { issuedAt }) }].slice(-eventsKept);
}

function isRepeated({ events }: Pointer, { requestId }: Writer): boolean {
  return events.some((event) => event.requestId === requestId);
}

function isStale({ events }: Pointer, writer: Writer): boolean {
  return events.some((event) => event.owner === writer.owner && isBefore(writer, event));
}

/** Without a time, what comes later is later. */
function isBefore(one: { issuedAt?: string | undefined }, other: { issuedAt?: string | undefined }): boolean {
  if (one.issuedAt === undefined || other.issuedAt === undefined) return false;
  return Date.parse(one.issuedAt) < Date.parse(other.issuedAt);
}
