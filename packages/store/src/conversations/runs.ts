import { createHash } from 'node:crypto';
import { seal as sealName, type Seal } from '@parley/contract/run';
import { z } from 'zod';
import { ifAbsent } from '../table/expressions.ts';
import { canonicalJson } from '../table/json.ts';
import { putOrFind } from '../table/put-or-find.ts';
import type { Key, TableIo } from '../table/table-io.ts';

/** Seconds a writer may be silent before anybody may declare its run interrupted, and how often it renews. */
export const leaseSeconds = 15;
export const leaseRenewalSeconds = 5;

const runItem = z.object({
  runId: z.string(),
  sessionId: z.string(),
  owner: z.string(),
  app: z.string(),
  /** Hash of the request that started it. */
  bodyHash: z.string(),
  /** The assistant message that it writes, and the message that one answers. */
  messageId: z.string(),
  parentId: z.string().nullable(),
  createdAt: z.string(),
  writerId: z.string(),
  /** Milliseconds since 1970. */
  leaseUntil: z.number(),
  /** How it ended. A hint that saves reading the log: only the log decides. */
  seal: sealName.optional(),
});
export type Run = z.infer<typeof runItem>;

export interface Runs {
  /** Writes it unless one with its id is there; returns the one that stands. */
  putRun(run: Run): Promise<Run>;
  getRun(runId: string): Promise<Run | undefined>;
  /** False when the run is no longer this writer's to renew. */
  renewLease(runId: string, writerId: string, until: number): Promise<boolean>;
  /** Notes how a run ended. */
  closeRun(runId: string, seal: Seal): Promise<void>;
}

export function createRuns(table: TableIo): Runs {
  const getRun = (runId: string) => table.get(keyOf(runId), runItem);
  return {
    getRun,
    putRun: (run) =>
      putOrFind(
        run,
        () => table.put({ ...keyOf(run.runId), ...run }, ifAbsent),
        () => getRun(run.runId),
      ),
    renewLease: async (runId, writerId, until) => {
      const mine = { is: { writerId }, absent: ['seal'] };
      return (await table.update(keyOf(runId), { set: { leaseUntil: until } }, mine, runItem)) !== undefined;
    },
    closeRun: async (runId, seal) => {
      await table.update(keyOf(runId), { set: { seal } }, { present: ['pk'], absent: ['seal'] }, runItem);
    },
  };
}

/**
 * The ids a start request leads to. Repeating the request leads to the same ones, so that every
 * write of a start can be put-if-absent.
 */
export function startIds(sessionId: string, idempotencyKey: string) {
  const idFor = (role: string) => hash([sessionId, idempotencyKey, role]).slice(0, 32);
  return { runId: idFor('run'), userMessageId: idFor('user'), messageId: idFor('assistant') };
}

/** The same for the decisions on a message that waits: one run goes on with it, whoever decides. */
export function decisionIds(sessionId: string, messageId: string) {
  return startIds(sessionId, `decisions on ${messageId}`);
}

/** Hash of a request's body, by which a repeated key with another body is noticed. */
export function bodyHash(body: unknown): string {
  return hash(body).slice(0, 32);
}

function hash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

function keyOf(runId: string): Key {
  return { pk: `run#${runId}`, sk: 'meta' };
}
