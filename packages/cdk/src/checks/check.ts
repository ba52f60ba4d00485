import type { Template } from './template.ts';

/** What a check has to know of the stack besides its template. */
export interface CheckContext {
  /** Begins every physical name of the stage. */
  prefix: string;
  /** Whether the stage keeps its data. */
  protectData: boolean;
  /** Size of the template's file. */
  templateBytes: number;
  /** What the stack would have to look up in an account before it can be synthesized. */
  lookups: readonly string[];
}

/** One thing that is wrong in a template. */
export interface Finding {
  /** Logical id of the resource or parameter; empty for the template as a whole. */
  at: string;
  found: string;
  expected: string;
  /** What to do about it. */
  mend: string;
}

/** Looks for one kind of mistake, in one stack's template. */
export type Check = (template: Template, context: CheckContext) => Finding[];
