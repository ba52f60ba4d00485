import type { AgentDefinition } from '@parley/contract/agent';
import { setTimeout as delay } from 'node:timers/promises';
import { foldRun, type Message } from '@parley/contract/message';
import type { Decision, StartRunBody } from '@parley/contract/run';
import { waitingCalls } from '@parley/contract/waiting-calls';
import { HttpError } from '@parley/service/errors';
import type { IdempotencyConflictError } from '@parley/store/errors';
import type { RunLog } from '@parley/store/run-log';
import type { RunPlan } from './plan.ts';

/** How often, and after how many milliseconds again, to look what another device decided. */
const looksMax = 10;
const lookMs = 100;

/** The order of decisions says nothing, so it must not make another request of the same. */
export function inOrder(body: StartRunBody): StartRunBody {
  const { decisions, ...rest } = body;
  if (!decisions) return body;
  return { ...rest, decisions: decisions.toSorted((a, b) => (a.toolCallId < b.toolCallId ? -1 : 1)) };
}

/** Throws unless the parent waits, for exactly these decisions, and still does at `now`. */
export function requireDecisionsFor(
  parent: Message | undefined,
  decisions: readonly Decision[],
  now: number,
): void {
  if (parent?.status !== 'waiting') {
    throw new HttpError('bad-request', 'decisions go to an answer that waits for them: give its id', {
      field: 'parentId',
    });
  }
  const calls = waitingCalls(parent);
  const ids = new Set(decisions.map(({ toolCallId }) => toolCallId));
  const isForEach = ids.size === decisions.length && ids.size === calls.length;
  if (!isForEach || !calls.every(({ toolCallId }) => ids.has(toolCallId))) {
    throw new HttpError('bad-request', `expected one decision for each call of ${waitingList(parent)}`, {
      field: 'decisions',
    });
  }
  const expired = calls.find(({ approval }) => !(Date.parse(approval?.expiresAt ?? '') > now));
  if (expired) {
    const { toolName, approval } = expired;
    throw conflict(
      `the time to approve "${toolName}" ran out at ${approval?.expiresAt}: write on, and the model can ask again`,
    );
  }
}

/** The model was told that the calls were not made. */
export function wroteOn(): HttpError {
  return conflict('you wrote on without deciding, so the call is not made: ask for it again');
}

/** What came of the decision would not be in the branch. */
export function wasDecided(next: Message): HttpError {
  return new HttpError(
    'conflict',
    `this answer was decided, here or on another device: write below what came of it, message "${next.id}"`,
    { field: 'parentId' },
  );
}

/** The calls that a message waits with, in words. */
export function waitingList(message: Message): string {
  return waitingCalls(message)
    .map(({ toolName, toolCallId }) => `"${toolName}" (toolCallId "${toolCallId}")`)
    .join(', ');
}

/** What was registered when the model asked may be gone when the user approves it. */
export function requireTools({ tools }: AgentDefinition, { history, decisions = [] }: RunPlan): void {
  const isApproved = (id: string) =>
    decisions.some(({ toolCallId, decision }) => toolCallId === id && decision === 'approved');
  const waiting = decisions.length > 0 ? history.at(-1) : undefined;
  const gone = (waiting ? waitingCalls(waiting) : []).find(
    ({ toolCallId, toolName }) => isApproved(toolCallId) && !tools.some(({ name }) => name === toolName),
  );
  if (!gone) return;
  throw conflict(
    `the tool "${gone.toolName}" is no longer part of this chat app: decline the call, or write on`,
  );
}

/** What to say of decisions that come after others were taken. */
export async function answeredBefore(
  runLog: Pick<RunLog, 'read'>,
  { runId }: IdempotencyConflictError,
): Promise<HttpError> {
  let decided = await decisionsIn(runLog, runId);
  // The other run may have begun a moment ago.
  for (let looks = 1; decided.length === 0 && looks < looksMax; looks += 1) {
    await delay(lookMs);
    decided = await decisionsIn(runLog, runId);
  }
  const how = new Set(decided).size === 1 ? decided[0] : 'answered in another way';
  return conflict(`this was already ${how}, here or on another device: load the messages to see how it went`);
}

async function decisionsIn(runLog: Pick<RunLog, 'read'>, runId: string): Promise<Decision['decision'][]> {
  const { parts } = foldRun((await runLog.read(runId)).flatMap(({ events }) => events));
  return parts.flatMap((part) =>
    part.type === 'dynamic-tool' && part.approval?.decision ? [part.approval.decision] : [],
  );
}

function conflict(message: string): HttpError {
  return new HttpError('conflict', message, { field: 'decisions' });
}
