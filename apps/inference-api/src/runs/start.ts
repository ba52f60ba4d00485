import { randomUUID } from 'node:crypto';
import { mayUse } from '@parley/contract/chat-app';
import { questionParts, type FilePart, type Message } from '@parley/contract/message';
import type { Budget, ModelSettings } from '@parley/contract/model';
import type { StartRunBody } from '@parley/contract/run';
import type { Session } from '@parley/contract/session';
import { onOneLine } from '@parley/contract/written-text';
import { HttpError } from '@parley/service/errors';
import type { User } from '@parley/service/service-env';
import type { CatalogStore, LiveEntry } from '@parley/store/catalog';
import {
  bodyHash,
  decisionIds,
  startIds,
  type ConversationStore,
  type Run,
} from '@parley/store/conversations';
import { systemClock, type Clock } from '@parley/store/clock';
import { IdempotencyConflictError } from '@parley/store/errors';
import type { RunLog } from '@parley/store/run-log';
import { answeredBefore, inOrder, requireTools } from './decisions.ts';
import type { RunHost, RunTask } from './host.ts';
import { namedFiles } from './named-files.ts';
import { planRun, type RunPlan } from './plan.ts';

export interface RunStarterOptions {
  conversations: Pick<ConversationStore, 'getAttachment' | 'getRun' | 'listMessages' | 'startRun'>;
  runLog: Pick<RunLog, 'read'>;
  catalog: Pick<CatalogStore, 'getLive'>;
  host: Pick<RunHost, 'begin' | 'starting'>;
  /** What agents without a model of their own use. */
  model: ModelSettings;
  /** The bounds of every run; an agent's own budget can only be tighter. */
  budget: Budget;
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

  async function start({ user, session, idempotencyKey, body }: StartRequest, hash: string): Promise<Run> {
    const ids = body.decisions
      ? decisionIds(session.id, body.parentId ?? '')
      : startIds(session.id, idempotencyKey ?? '');
    // Side by side, as the first token waits for them; what they throw counts only where the run is not there.
    const reads = Promise.all([
      findAnswerer(options, session.app, user),
      conversations.listMessages(session),
      namedFiles(conversations, session, body.attachments ?? []),
    ]);
    reads.catch(() => undefined);
    const before = await conversations.getRun(ids.runId);
    if (before) return sameRequest(before, hash);

    const [{ takesFiles, ...answerer }, messages, files] = await reads;
    if (files.length > 0 && !takesFiles) throw notAllowed(`chat app "${session.app}" takes no attachments`);
    const plan = planRun(messages, body, clock.now());
    requireTools(answerer.agent, plan);
    const userMessage = plan.user && { id: ids.userMessageId, ...plan.user, files };
    const { outcome, run } = await conversations.startRun({
      owner: user.sub,
      session,
      runId: ids.runId,
      bodyHash: hash,
      ...(userMessage && { userMessage, titleIfNone: titleOf(userMessage.text) }),
      answer: {
        id: ids.messageId,
        parentId: userMessage?.id ?? body.parentId,
        ...(plan.compact && { summary: true }),
      },
      writerId: randomUUID(),
    });
    const { decisions, compact } = plan;
    if (outcome === 'started') {
      const history = historyOf(plan, userMessage, run);
      host.begin({
        run,
        ...answerer,
        history,
        ...(decisions && { decisions }),
        ...(compact && { compact }),
      });
    }
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

type Answerer = Pick<RunTask, 'agent' | 'model' | 'budget'> & { takesFiles: boolean };

async function findAnswerer(options: RunStarterOptions, appId: string, user: User): Promise<Answerer> {
  const app = await options.catalog.getLive('app', appId);
  requireUsable(app, appId, user);
  const agent = await options.catalog.getLive('agent', app.definition.agent);
  if (!agent?.enabled) {
    throw notAllowed(
      `the agent "${app.definition.agent}" of chat app "${appId}" is not there or switched off`,
    );
  }
  return {
    agent: agent.definition,
    model: app.model ?? agent.definition.model ?? options.model,
    budget: tighter(options.budget, agent.definition.budget ?? options.budget),
    takesFiles: app.definition.features.attachments,
  };
}

function requireUsable(
  app: LiveEntry<'app'> | undefined,
  appId: string,
  user: User,
): asserts app is LiveEntry<'app'> {
  if (!app)
    throw notAllowed(
      `chat app "${appId}" is no longer there: its sessions stay readable, but take no messages`,
    );
  if (!app.enabled)
    throw notAllowed(`chat app "${appId}" is switched off: ask whoever runs it to switch it on`);
  if (!mayUse(app.definition.access, user.groups)) {
    throw notAllowed(`chat app "${appId}" is for members of certain groups, and you are in none of them`);
  }
}

function notAllowed(message: string): HttpError {
  return new HttpError('not-allowed', message);
}

function tighter(a: Budget, b: Budget): Budget {
  return {
    turns: Math.min(a.turns, b.turns),
    tokens: Math.min(a.tokens, b.tokens),
    seconds: Math.min(a.seconds, b.seconds),
  };
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
