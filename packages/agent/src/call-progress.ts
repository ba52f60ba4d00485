import { paceProgress, type ToolProgress } from '@parley/contract/tool-progress';
import type { RunEvents } from './run-events.ts';

export type OnProgress = (progress: ToolProgress) => void;

/** Two a second of one call reach the log at most: enough to look live, whatever the tool says. */
const everyMs = 500;

/** Does the work of a call, and writes into the log what it says of its progress, until it has ended. */
export async function withProgress<T>(
  events: RunEvents,
  callId: string,
  work: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  const told = paceProgress((progress) => events.toolProgress(callId, progress), everyMs);
  try {
    return await work(told.push);
  } finally {
    told.close();
  }
}
