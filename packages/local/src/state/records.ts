import * as z from 'zod';
import type { Json, JsonObject } from '@parley/assembly/values';

const jsonObject = z.record(z.string(), z.json()) as z.ZodType<JsonObject>;

const resourceRecord = z.object({
  type: z.string(),
  /** `creating` when a run was cut in the middle: what it made is made again or removed. */
  status: z.enum(['creating', 'complete']),
  physicalId: z.string(),
  /** Values for Fn::GetAtt. */
  attributes: jsonObject,
  /** Evaluated, as they were when the resource was last created or updated. */
  properties: jsonObject,
  dependsOn: z.array(z.string()),
  /** DeletionPolicy `Retain`: forgotten, not deleted. */
  retain: z.boolean(),
});

const stackState = z.object({
  name: z.string(),
  id: z.string(),
  region: z.string(),
  /** The assembly it was last brought up from. */
  folder: z.string(),
  resources: z.record(z.string(), resourceRecord),
  /** Replaced resources whose old half still has to be deleted. */
  cleanup: z.array(z.object({ logicalId: z.string(), record: resourceRecord })),
});

export const savedStacks = z.object({ version: z.literal(1), stacks: z.record(z.string(), stackState) });

/** What is known of one resource of a running stack. */
export type ResourceRecord = z.infer<typeof resourceRecord>;

/** What is known of one running stack. */
export type StackState = z.infer<typeof stackState>;

export type SavedStacks = z.infer<typeof savedStacks>;

/** A resource together with where it belongs. */
export interface PlacedResource {
  stack: StackState;
  logicalId: string;
  record: ResourceRecord;
}

/** The text attribute `name` of a record. */
export function attributeOf(record: ResourceRecord, name: string): string {
  const value: Json | undefined = record.attributes[name];
  return typeof value === 'string' ? value : '';
}
