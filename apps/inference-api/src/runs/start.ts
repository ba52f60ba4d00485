import { randomUUID } from 'node:crypto';
import { questionParts, type FilePart, type Message } from '@parley/contract/message';
import type { StartRunBody } from '@parley/contract/run';
import type { Session } from '@parley/contract/session';
import { onOneLine } from '@parley/contract/marks';
import type { User } from '@parley/service/service-env';
import {
  bodyHash,
  decisionIds,
  startIds,
  type ConversationStore,
  type Run,
} from '@parley/store/conversations';
import { systemClock, type Clock } from '@parley/store/clock';
import { IdempotencyConflictError, NotFoundError } from '@parley/store/errors';
import type { RunLog } from '@parley/store/run-log';
import { createAnswererFinder, notAllowed, type AnswererOptions } from './answerer.ts';
import { answeredBefore, inOrder, requireTools } from './decisions.ts';
import type { RunHost } from './host.ts';
import { namedFiles } from './named-files.ts';
import { planRun, type RunPlan } from './plan.ts';

export interface RunStarterOptions extends AnswererOptions {
  conversations: Pick<ConversationStore, 'getAttachment' | 'getRun' | 'listMessages' | 'startRun'>;
  runLog: Pick<RunLog, 'read'>;
  host: Pick<RunHost, 'begin' | 'starting' | 'stop'>;
  /** Time, by which a call can no longer be approved. Default: the system's. */
  clock?: Clock;
}

export interface StartRequest {
  user: User;
  /** Guarded: it is the user's. */
  session: Session;
  /** Names the run; of decisions, the message does that waits for them. */
  idempotencyKey?: string;
  body: StartRunBody;
}

/** Starts the run a request asks for, or finds the one it started before. */
export type StartRun = (request: StartRequest) => Promise<Run>;

/**
 * Who answers, with what, is read from the catalog at every start. A request that is repeated is not
 * judged again: its run is there, whatever has changed since.
 */
export function createRunStarter(options: RunStarterOptions): StartRun {
  const { conversations, host, clock = systemClock } = options;
  const findAnswerer = createAnswererFinder(options);

  async function start({ user, session, idempotencyKey, body }: StartRequest, hash: string): Promise<Run> {
    const ids = body.decisions
      ? decisionIds(session.id, body.parentId ?? '')
      : startIds(session.id, idempotencyKey ?? '');
    // Side by side, as the first token waits for them; what these throw counts only where the run is not there.
    const others = Promise.all([
      findAnswerer(session.app, user),
      namedFiles(conversations, session, body.attachments ?? []),
    ]);
    others.catch(() => undefined);
    const messages = await conversations.listMessages(session);
    // A run stands only when its answer does: there is nothing to look for at a first request.
    const wasAsked = messages.some(({ id }) => id === ids.messageId);
    const before = wasAsked ? await conversations.getRun(ids.runId) : undefined;
    if (before) return sameRequest(before, hash);

    const [{ takesFiles, ...answerer }, files] = await others;
    if (files.length > 0 && !takesFiles) throw notAllowed(`chat app "${session.app}" takes no attachments`);
    const plan = planRun(messages, body, clock.now());
    requireTools(answerer.agent, plan);
    const userMessage = plan.user && { id: ids.userMessageId, ...plan.user, files };
    const { decisions, compact } = plan;
    const started = conversations.startRun({
      owner: user.sub,
      session,
      runId: ids.runId,
      bodyHash: hash,
      ...(userMessage && { userMessage, titleIfNone: titleOf(userMessage.text) }),
      answer: {
        id: ids.messageId,
        parentId: userMessage?.id ?? body.parentId,
        ...(compact && { summary: true }),
      },
      writerId: randomUUID(),
      onCommitted: (run) =>
        host.begin({
          run,
          ...answerer,
          history: historyOf(plan, userMessage, run),
          ...(decisions && { decisions }),
          ...(compact && { compact }),
        }),
    });
    const { run } = await started.catch(async (error: unknown) => {
      // The session was deleted while it began: whoever deleted it could not see it.
      if (error instanceof NotFoundError) await host.stop(ids.runId);
      throw error;
    });
    return run;
  }

  return async (request) => {
    const body = inOrder(request.body);
    try {
      return await host.starting(start({ ...request, body }, bodyHash(body)));
    } catch (error) {
      if (!body.decisions || !(error instanceof IdempotencyConflictError)) throw error;
      throw await answeredBefore(options.runLog, error);
    }
  };
}

function sameRequest(run: Run, hash: string): Run {
  if (run.bodyHash !== hash) throw new IdempotencyConflictError(run.runId);
  return run;
}

function historyOf(
  { history }: RunPlan,
  user: { id: string; parentId: string | null; text: string; files: FilePart[] } | undefined,
  { createdAt }: Run,
): Message[] {
  if (!user) return history;
  const { id, text, parentId, files } = user;
  const message: Message = {
    id,
    parentId,
    role: 'user',
    status: 'finished',
    createdAt,
    parts: questionParts(text, files),
  };
  return [...history, message];
}

const titleCharsMax = 80;

/** The first words of a session's first message, on one line. */
function titleOf(text: string): string {
  const line = onOneLine(text);
  if (line.length <= titleCharsMax) return line;
  const cut = line.slice(0, titleCharsMax - 1).replace(/[\uD800-\uDBFF]$/, '');
  const lastSpace = cut.lastIndexOf(' ');
  return `${(lastSpace > titleCharsMax / 2 ? cut.slice(0, lastSpace) : cut).trimEnd()}…`;
}
