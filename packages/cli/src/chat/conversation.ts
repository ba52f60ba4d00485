import type { Message } from '@parley/contract/message';
import type { Decision, StartRunBody } from '@parley/contract/run';
import type { StreamEvent } from '@parley/contract/stream';
import { waitingCalls } from '@parley/contract/waiting-calls';
import type { ApiClient } from './api-client.ts';
import { UserError } from '../errors.ts';
import type { Transcript } from './transcript.ts';

/** One branch of a session, as a terminal walks it: each message answers the last. */
export interface Conversation {
  sessionId: string;
  /** Sends a message and shows the answer until it ends. */
  say(text: string): Promise<void>;
  /** Stops the answer that runs, if one does. What was said of it is kept. */
  stop(): Promise<boolean>;
}

/** Begins a session with an app, or goes on with one where its newest message stands. */
export async function openConversation(
  client: ApiClient,
  { app, sessionId, transcript }: { app: string; sessionId: string | undefined; transcript: Transcript },
): Promise<Conversation> {
  await checkApp(client, app);
  const session = sessionId ? await client.session(sessionId) : await client.createSession(app);
  if (session.app !== app) {
    throw new UserError(`Session ${session.id} is with "${session.app}", not with "${app}".`);
  }
  let newest = sessionId ? newestOf(await client.messages(session.id)) : undefined;
  for (const event of newest ? questionsOf(newest) : []) transcript.show(event);
  let running: string | undefined;
  let stopWanted = false;

  async function say(text: string): Promise<void> {
    stopWanted = false;
    for await (const { runId, event } of client.run(session.id, bodyFor(text, newest))) {
      running = runId || running;
      if (stopWanted && running) await stop();
      transcript.show(event);
    }
    running = undefined;
    newest = newestOf(await client.messages(session.id));
  }

  async function stop(): Promise<boolean> {
    stopWanted = running === undefined;
    if (running) await client.stop(running);
    return running !== undefined;
  }

  return { sessionId: session.id, say, stop };
}

/**
 * "continue" after a cut answer goes on with that answer; "approve" or "decline" decides on all calls that an answer
 * waits with; everything else is a new message.
 */
function bodyFor(text: string, newest: Message | undefined): StartRunBody {
  const parentId = newest?.id ?? null;
  const decided = newest?.status === 'waiting' ? decisionIn(text) : undefined;
  if (newest && decided) {
    const decisions = waitingCalls(newest).map(({ toolCallId }) => ({ toolCallId, ...decided }));
    return { parentId, decisions };
  }
  const cut = newest?.status === 'interrupted' || newest?.status === 'stopped';
  return cut && /^continue$/i.test(text) ? { parentId } : { parentId, text };
}

/** Only the word alone approves: a message that begins with it is a message. */
function decisionIn(text: string): Omit<Decision, 'toolCallId'> | undefined {
  if (/^approve$/i.test(text)) return { decision: 'approved' };
  const [declined, reason] = /^decline(?:[\s:,]+(.+))?$/is.exec(text) ?? [];
  return declined === undefined ? undefined : { decision: 'declined', ...(reason && { reason }) };
}

/** What an answer asked before this program was there. */
function questionsOf(newest: Message): StreamEvent[] {
  const calls = newest.status === 'waiting' ? waitingCalls(newest) : [];
  return calls.flatMap(({ toolCallId, toolName, input, approval }): StreamEvent[] => [
    { type: 'tool-input-available', toolCallId, toolName, dynamic: true, input },
    {
      type: 'data-tool-approval',
      id: toolCallId,
      data: { toolCallId, expiresAt: approval?.expiresAt ?? '' },
    },
  ]);
}

function newestOf(messages: readonly Message[]): Message | undefined {
  const parents = new Set(messages.map(({ parentId }) => parentId));
  return messages
    .filter(({ id }) => !parents.has(id))
    .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
    .at(-1);
}

async function checkApp(client: ApiClient, app: string): Promise<void> {
  const ids = (await client.chatApps()).map(({ id }) => id);
  if (!ids.includes(app)) {
    throw new UserError(
      `There is no chat app "${app}" that you may use. There are: ${ids.join(', ') || 'none'}.`,
    );
  }
}
