import type { Claim, Pointer } from './items.ts';

/** A resource of a stack. A logical id that the stack's author renames makes another one of it. */
export interface Resource {
  stackId: string;
  logicalResourceId: string;
}

/** Claims remembered per id: far more than one deploy, with its rollback, leaves standing. */
const claimsKept = 10;

/** The claims that stand, newest last; the last one's version is live. Of what is retired, none. */
export function standingClaims(pointer: Pointer | undefined): Claim[] {
  if (!pointer || pointer.retired || pointer.version === undefined) return [];
  const { stackId, logicalResourceId, version, issuedAt, earlier } = pointer;
  return [...earlier, claimOf({ stackId, logicalResourceId, issuedAt }, version)];
}

/** A resource's claim on an id, with the version it wants live. */
export function claimOf(
  { stackId, logicalResourceId, issuedAt }: Resource & { issuedAt?: string | undefined },
  version: string,
): Claim {
  return { stackId, logicalResourceId, version, ...(issuedAt !== undefined && { issuedAt }) };
}

/** A new claim replaces its resource's former one, and all of other stacks: those are gone. */
export function withClaim(claims: readonly Claim[], claim: Claim): Claim[] {
  const ofStack = claims.filter(({ stackId }) => stackId === claim.stackId);
  return [...withoutClaim(ofStack, claim), claim].slice(-claimsKept);
}

export function withoutClaim(claims: readonly Claim[], resource: Resource): Claim[] {
  return claims.filter((each) => !isSameResource(each, resource));
}

export function isSameResource(one: Resource, other: Resource): boolean {
  return one.stackId === other.stackId && one.logicalResourceId === other.logicalResourceId;
}
