import { z } from 'zod';
import { describeIssues, formatProblems } from './issues.ts';
import { onOneLine } from './marks.ts';

/** Longest text of a progress, in characters (UTF-16 code units); a longer one is cut. */
export const progressTextMax = 200;

/** How far a tool's call is, as it travels: from the tool to the service, and in a run's events. */
export const toolProgress = z
  .strictObject({
    /** 0 to 100. */
    percent: z.number().min(0).max(100).optional(),
    text: z.string().max(progressTextMax).optional(),
  })
  .refine(({ percent, text }) => percent !== undefined || text !== undefined, 'expected a percent or a text');
export type ToolProgress = z.infer<typeof toolProgress>;

/** As a tool says it: what is only too much is made to fit, so that a sum which is off by a little fails no tool. */
const said = z.strictObject({ percent: z.number().optional(), text: z.string().optional() });

/**
 * What a tool said, as it may travel: percents below 0 or above 100 become these, others are rounded to a
 * tenth; texts become one line without control characters and marks that reorder, longer ones are cut.
 * @throws Error that names the field, when it is no progress at all
 */
export function fitProgress(input: unknown): ToolProgress {
  const parsed = said.safeParse(input);
  if (!parsed.success) throw unusable(formatProblems(describeIssues(parsed.error, input)));
  const { percent, text } = parsed.data;
  if (percent === undefined && text === undefined)
    throw unusable('expected a percent or a text, got neither');
  return {
    ...(percent !== undefined && { percent: Math.round(Math.min(100, Math.max(0, percent)) * 10) / 10 }),
    ...(text !== undefined && { text: cut(onOneLine(text.toWellFormed())) }),
  };
}

function unusable(why: string): Error {
  return new Error(
    `The tool's progress is not usable: ${why}. Say progress({ percent: 40, text: 'Reading 3 of 7 pages' })`,
  );
}

function cut(text: string): string {
  if (text.length <= progressTextMax) return text;
  return `${text.slice(0, progressTextMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Lets through the first progress at once, then the newest each `everyMs`; those in between are dropped. */
export interface PacedProgress {
  push(progress: ToolProgress): void;
  /** Drops what waits: the call has ended. */
  close(): void;
}

/** `write` gets one at a time: the next waits until its promise settles, and what that rejects with is left to it. */
export function paceProgress(write: (progress: ToolProgress) => unknown, everyMs: number): PacedProgress {
  let newest: ToolProgress | undefined;
  let isPausing = false;
  let isClosed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const next = (): void => {
    const progress = newest;
    newest = undefined;
    isPausing = progress !== undefined && !isClosed;
    if (!progress || isClosed) return;
    const pause = (): void => {
      if (!isClosed) timer = setTimeout(next, everyMs);
    };
    void Promise.try(write, progress).then(pause, pause);
  };
  return {
    push(progress) {
      newest = progress;
      if (!isPausing) next();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
