import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Seal } from '@parley/contract/run';
import type { ConversationStore, Run } from '@parley/store/conversations';
import type { RunLog } from '@parley/store/run-log';
import type { RunHost } from './host.ts';

export interface StopOptions {
  conversations: Pick<ConversationStore, 'settleRun'>;
  runLog: Pick<RunLog, 'seal'>;
  host: Pick<RunHost, 'stop'>;
}

/** How long a run of this process has to end in order before its log is sealed over its head. */
const orderlyMs = 1_000;

/**
 * Stops a run, whichever process executes it, and says how it ended; that may be otherwise, if it
 * ended before. Elsewhere its process loses the log at its next write, or sees the seal when it
 * renews its lease. What was answered so far is kept.
 */
export async function stopRun({ conversations, runLog, host }: StopOptions, run: Run): Promise<Seal> {
  const waiting = new AbortController();
  await Promise.race([host.stop(run.runId), delay(orderlyMs, undefined, waiting).catch(() => undefined)]);
  waiting.abort();
  const events = [{ type: 'abort' as const, reason: 'stopped' as const }];
  const standing = await runLog.seal(run.runId, { seal: 'stopped', events, writer: `stop-${randomUUID()}` });
  await conversations.settleRun(run);
  return standing.seal;
}
