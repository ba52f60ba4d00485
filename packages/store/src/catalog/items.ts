import { createHash } from 'node:crypto';
import { override } from '@parley/contract/chat-app';
import type { definitionSchemas, RegistrationKind } from '@parley/contract/registration';
import { z } from 'zod';
import { canonicalJson, json } from '../table/json.ts';
import type { Key } from '../table/table-io.ts';

export type Definition<K extends RegistrationKind = RegistrationKind> = z.output<
  (typeof definitionSchemas)[K]
>;

/** Keys of the catalog. An id has no `#`, so one range holds an id's pointer and its override. */
export const keyOf = {
  pointer: (kind: RegistrationKind, id: string): Key => ({ pk: `live#${kind}`, sk: id }),
  override: (kind: RegistrationKind, id: string): Key => ({ pk: `live#${kind}`, sk: `${id}#override` }),
  version: (kind: RegistrationKind, id: string, version: string): Key => ({
    pk: `${kind}#${id}`,
    sk: `version#${version}`,
  }),
};

/** A registration event that was applied. */
export const appliedEvent = z.object({
  requestId: z.string(),
  owner: z.string(),
  /** When CloudFormation sent it, if it said so. */
  issuedAt: z.iso.datetime({ offset: true }).optional(),
});
export type AppliedEvent = z.infer<typeof appliedEvent>;

/** A resource that registered an id, and the version it wants live. */
export const claim = z.object({
  stackId: z.string(),
  logicalResourceId: z.string(),
  version: z.string(),
  /** When CloudFormation sent the event that made it, if it said so. */
  issuedAt: z.iso.datetime({ offset: true }).optional(),
});
export type Claim = z.infer<typeof claim>;

/**
 * Which version is live, by whose claim, and the events that made it so. A retired one stays as a tombstone.
 */
export const pointerItem = z.object({
  id: z.string(),
  /** Absent on the tombstone of something that was never registered. */
  version: z.string().optional(),
  owner: z.string(),
  stackId: z.string(),
  logicalResourceId: z.string(),
  issuedAt: claim.shape.issuedAt,
  /** Claims of other resources of the same stack, newest last: one of them is live when this one goes. */
  earlier: z.array(claim).default([]),
  retired: z.boolean(),
  /** The last ones, newest last. */
  events: z.array(appliedEvent),
  /** Grows with every write: a write's condition is that the judged pointer still stands. */
  revision: z.number().int(),
  updatedAt: z.string(),
});
export type Pointer = z.infer<typeof pointerItem>;

export const versionItem = z.object({
  version: z.string(),
  definition: json,
  toolCode: json.pipe(z.record(z.string(), z.string())),
  createdAt: z.string(),
});

export const overrideItem = z.object({ override: json.pipe(override) });

/** The version a definition and its tools' code are: the same content is the same version. */
export function versionHash(definition: unknown, toolCode: Record<string, string>): string {
  return createHash('sha256').update(canonicalJson({ definition, toolCode })).digest('hex').slice(0, 32);
}
