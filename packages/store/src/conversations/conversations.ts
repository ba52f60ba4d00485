import { randomUUID } from 'node:crypto';
import { foldRun, type Message } from '@parley/contract/message';
import type { Seal } from '@parley/contract/run';
import type { Session } from '@parley/contract/session';
import { systemClock, type Clock } from '../clock.ts';
import { NotFoundError } from '../errors.ts';
import { createAttachments, type AttachmentStore } from './attachments.ts';
import { createFeedback, type FeedbackStore } from './feedback.ts';
import { createMessages, type StoredMessage } from './messages.ts';
import { createRunLog } from '../run-log/run-log.ts';
import type { EndedRun } from '../run-log/run-writer.ts';
import { createStart, type StartedRun, type StartRun } from './run-start.ts';
import { createRuns, type Run } from './runs.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createTableIo, type TableOptions } from '../table/table-io.ts';

export type { Run, StartedRun, StartRun };
export type { RatedAnswer, FeedbackChange } from './feedback.ts';
export type { SessionPage } from './sessions.ts';
export { newSessionId } from './sessions.ts';
export { bodyHash, decisionIds, leaseSeconds, startIds } from './runs.ts';

export interface ConversationStore extends Sessions, FeedbackStore, AttachmentStore {
  /**
   * The session's messages, parents first. Messages of open runs have status `streaming` and no
   * parts yet: follow the run. What ended meanwhile is settled first.
   */
  listMessages(session: Session): Promise<Message[]>;
  getMessage(session: Session, messageId: string): Promise<Message | undefined>;
  /** @throws IdempotencyConflictError */
  startRun(start: StartRun): Promise<StartedRun>;
  getRun(runId: string): Promise<Run | undefined>;
  /** The ownership guard for runs. @throws NotFoundError, the same for an absent and a foreign run. */
  ownedRun(owner: string, runId: string): Promise<Run>;
  /** Extends a writer's lease to `until` (ms since 1970); false when the run is no longer its own. */
  renewLease(runId: string, writerId: string, until: number): Promise<boolean>;
  /**
   * Brings everything about a run in line with its log: a sealed one is closed and its message gets
   * its final content; one whose lease has expired is sealed as interrupted first. Anybody may call
   * it, at any time. Returns how the run ended; undefined while it is open. With `ended`, what its writer knows of
   * the log, that is not read.
   */
  settleRun(run: Run, ended?: EndedRun): Promise<Seal | undefined>;
}

export function createConversationStore(options: TableOptions & { clock?: Clock }): ConversationStore {
  const { clock = systemClock } = options;
  const table = createTableIo(options);
  const sessions = createSessions(table, clock);
  const messages = createMessages(table);
  const runs = createRuns(table);
  const log = createRunLog(options);

  async function settleRun(run: Run, ended?: EndedRun): Promise<Seal | undefined> {
    const seal = ended?.seal ?? (await sealOf(run));
    if (!seal) return undefined;
    // The touch comes first: were it lost in a crash, other devices would not know to look.
    const standing = ended ? undefined : await runs.getRun(run.runId);
    if (!standing?.seal) await touchIfThere(run);
    const events = ended?.events ?? (await log.read(run.runId)).flatMap((batch) => batch.events);
    await runs.closeRun(run.runId, seal);
    await messages.settleMessage(run.sessionId, run.messageId, seal, foldRun(events));
    return seal;
  }

  /** How the run's log ends; an abandoned one is sealed first. */
  async function sealOf(run: Run): Promise<Seal | undefined> {
    const seal = (await log.lastBatch(run.runId))?.seal;
    if (seal || !(await isAbandoned(run))) return seal;
    const events = [{ type: 'abort' as const, reason: 'interrupted' as const }];
    const sealing = { seal: 'interrupted' as const, events, writer: `settler-${randomUUID()}` };
    return (await log.seal(run.runId, sealing)).seal;
  }

  /**
   * Runs end before the session does: a delete that is cut in between leaves none going that nobody can
   * stop. Then those that began meanwhile end; a repeated delete sees to both again.
   */
  async function deleteSession(owner: string, sessionId: string): Promise<void> {
    await sessions.requireOwner(owner, sessionId);
    await stopRuns(sessionId);
    await sessions.deleteSession(owner, sessionId);
    await stopRuns(sessionId);
  }

  /** Seals the logs of open runs; their writers notice at the next batch or renewal of the lease. */
  async function stopRuns(sessionId: string): Promise<void> {
    const stored = await messages.storedMessages(sessionId);
    const open = stored.flatMap(({ status, runId }) => (status === 'streaming' && runId ? [runId] : []));
    const events = [{ type: 'abort' as const, reason: 'stopped' as const }];
    const sealing = { seal: 'stopped' as const, events, writer: `delete-${randomUUID()}` };
    await Promise.all(open.map((runId) => log.seal(runId, sealing)));
  }

  /** The lease as given may be old, so an expired one is read again. */
  async function isAbandoned(run: Run): Promise<boolean> {
    if (clock.now() < run.leaseUntil) return false;
    const standing = await runs.getRun(run.runId);
    return standing !== undefined && clock.now() >= standing.leaseUntil;
  }

  async function touchIfThere({ owner, sessionId }: Run): Promise<void> {
    try {
      await sessions.touchSession(owner, sessionId);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error; // deleted while it ran
    }
  }

  /** The message as it counts now; undefined while the start that wrote it is not complete. */
  async function settled(session: Session, message: StoredMessage): Promise<StoredMessage | undefined> {
    if (message.status !== 'streaming' || message.runId === undefined) return message;
    const run = await runs.getRun(message.runId);
    if (!run) return undefined;
    return (await settleRun(run)) ? messages.getMessage(session.id, message.id) : message;
  }

  async function getMessage(session: Session, messageId: string): Promise<Message | undefined> {
    const stored = await messages.getMessage(session.id, messageId);
    const found = stored && (await settled(session, stored));
    return found && messageOf(found);
  }

  const changeSession: Sessions['changeSession'] = async (owner, sessionId, change) => {
    const { shownMessageId } = change;
    if (shownMessageId !== undefined) {
      const { id } = await sessions.ownedSession(owner, sessionId);
      if (!(await messages.getMessage(id, shownMessageId)))
        throw new NotFoundError('message', shownMessageId);
    }
    return sessions.changeSession(owner, sessionId, change);
  };

  return {
    ...sessions,
    changeSession,
    deleteSession,
    ...createAttachments(table),
    ...createFeedback({ getMessage, messages, sessions, clock }),
    listMessages: async (session) => {
      const stored = await messages.storedMessages(session.id);
      const all = await Promise.all(stored.map((each) => settled(session, each)));
      return all.filter((each) => each !== undefined).map(messageOf);
    },
    getMessage,
    startRun: createStart({ sessions, messages, runs, clock }),
    getRun: runs.getRun,
    ownedRun: async (owner, runId) => {
      const run = await runs.getRun(runId);
      if (run?.owner !== owner) throw new NotFoundError('run', runId);
      await sessions.ownedSession(owner, run.sessionId);
      return run;
    },
    renewLease: runs.renewLease,
    settleRun,
  };
}

function messageOf({ bodyHash: _, ...message }: StoredMessage): Message {
  return message;
}
