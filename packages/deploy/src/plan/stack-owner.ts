import { type JsonObject, objectAt, textAt } from '@parley/assembly/values';
import { templateMetadata } from '@parley/contract/names';

/** Whose a deployed stack is, as its own template says; undefined parts where nothing of Parley made it. */
export interface StackOwner {
  prefix: string | undefined;
  /** Unscoped name. */
  stack: string | undefined;
}

export function ownerOf(template: JsonObject): StackOwner {
  const metadata = objectAt(objectAt(template, 'Metadata'), templateMetadata);
  return { prefix: textAt(metadata, 'prefix'), stack: textAt(metadata, 'stack') };
}
