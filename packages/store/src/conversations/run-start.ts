import { questionParts, type FilePart, type Message } from '@parley/contract/message';
import type { Session } from '@parley/contract/session';
import { timestamp, type Clock } from '../clock.ts';
import { IdempotencyConflictError, NotFoundError } from '../errors.ts';
import type { Messages, StoredMessage } from './messages.ts';
import { leaseSeconds, type Run, type Runs } from './runs.ts';
import type { Sessions } from './sessions.ts';

/** What starts a run. Ids come from `startIds`, the hash from `bodyHash`. */
export interface StartRun {
  owner: string;
  session: Session;
  runId: string;
  bodyHash: string;
  /** Absent when an existing message is answered again, or continued. */
  userMessage?: { id: string; parentId: string | null; text: string; files?: readonly FilePart[] };
  /** The message the run will write: an answer, or a summary of the branch above it. */
  answer: { id: string; parentId: string | null; summary?: true };
  /** Id of this execution: the writer that will append to the run's log. */
  writerId: string;
  /** For a session that has no title yet. */
  titleIfNone?: string;
  /**
   * Told once the run is committed, if this call started it: whoever executes it need not wait until the session says
   * so. Should that throw `NotFoundError`, the run has to be stopped. Default: nobody is told.
   */
  onCommitted?: (run: Run) => void;
}

export interface StartedRun {
  /** `repeated`: this request started the run before; do not execute it, follow it. */
  outcome: 'started' | 'repeated';
  run: Run;
}

/**
 * Writes a run's messages, then the run itself, which is the commit point, then raises the
 * session's revision. A crash between any two leaves what a repetition of the request completes.
 */
export function createStart(parts: { sessions: Sessions; messages: Messages; runs: Runs; clock: Clock }) {
  const { sessions, messages, runs, clock } = parts;

  /**
   * Writes both side by side, as the first token waits for them. Of two requests with one key, whoever has the question
   * gets all: the place below it is the same for both. Of requests without one, whoever has the place of the answer.
   */
  async function claim(
    { session, runId, bodyHash }: StartRun,
    { user, answer }: ReturnType<typeof messagesOf>,
  ): Promise<void> {
    const [question, place] = await Promise.all([
      user && messages.putMessage(session.id, user),
      messages.putMessage(session.id, answer),
    ]);
    const isMine = question
      ? question.bodyHash === bodyHash && place.parentId === question.id
      : place.bodyHash === bodyHash;
    if (!isMine) throw new IdempotencyConflictError(runId);
  }

  /**
   * Best effort: the run is committed, and refusing it now would leave it to nobody. Its end is announced too, and
   * the next message gives a session its title that has none yet.
   * @throws NotFoundError when the session was deleted meanwhile: nobody can read the run, or stop it.
   */
  async function announce({ owner, session, answer, ...start }: StartRun): Promise<void> {
    try {
      const titled = session.title === '' && start.titleIfNone ? { titleIfNone: start.titleIfNone } : {};
      await sessions.touchSession(owner, session.id, { shownMessageId: answer.id, ...titled });
    } catch (error) {
      if (error instanceof NotFoundError) throw error;
    }
  }

  /** For a start that was cut off behind its commit. */
  async function nameSession({ owner, session, titleIfNone }: StartRun): Promise<void> {
    if (titleIfNone !== undefined && session.title === '')
      await sessions.touchSession(owner, session.id, { titleIfNone });
  }

  return async (start: StartRun): Promise<StartedRun> => {
    const now = timestamp(clock);
    await claim(start, messagesOf(start, now));
    const run = runOf(start, now, clock.now() + leaseSeconds * 1_000);
    const standing = await runs.putRun(run);
    if (standing.bodyHash !== start.bodyHash) throw new IdempotencyConflictError(start.runId);
    // The same writer means that this call's own write arrived and its answer was lost.
    const outcome = standing.writerId === start.writerId ? 'started' : 'repeated';
    if (outcome === 'started') {
      start.onCommitted?.(standing);
      await announce(start);
    } else {
      await nameSession(start);
    }
    return { outcome, run: standing };
  };
}

function messagesOf(start: StartRun, createdAt: string): { user?: StoredMessage; answer: StoredMessage } {
  const { userMessage, answer, runId, bodyHash } = start;
  const placeholder: Message = {
    ...answer,
    role: 'assistant',
    status: 'streaming',
    parts: [],
    createdAt,
    runId,
  };
  if (!userMessage) return { answer: { ...placeholder, bodyHash } };
  const { text, files, ...ids } = userMessage;
  const user: Message = {
    ...ids,
    role: 'user',
    status: 'finished',
    parts: questionParts(text, files),
    createdAt,
  };
  return { user: { ...user, bodyHash }, answer: { ...placeholder, bodyHash } };
}

function runOf(start: StartRun, createdAt: string, leaseUntil: number): Run {
  const { runId, owner, session, bodyHash, answer, writerId } = start;
  return {
    runId,
    sessionId: session.id,
    owner,
    app: session.app,
    bodyHash,
    messageId: answer.id,
    parentId: answer.parentId,
    createdAt,
    writerId,
    leaseUntil,
  };
}
