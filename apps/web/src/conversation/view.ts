import type { Message, MessagePart } from '@parley/contract/message';
import type { Decision } from '@parley/contract/run';
import type { Conversation, Notice, Pending, Said, Waiting } from './state.ts';
import { joinAnswers } from './waiting-answer.ts';

export type ConversationStatus = 'submitted' | 'streaming' | 'ready' | 'error';

/** A message as it is shown: content from wherever most of it is known, and its place among siblings. */
export interface MessageView extends Omit<Message, 'feedback'> {
  /** All versions at this place, oldest first, this one included. */
  siblings: readonly string[];
  notice?: Notice | undefined;
  /** Sent, but not yet in the server's log. */
  isPending?: boolean;
  /** What was sent of the calls that the answer before it waits with, and is not yet in the server's log. */
  decisions?: readonly Decision[] | undefined;
  /** Why what was decided last of its calls is not taken. */
  decisionError?: { code: string; message: string } | undefined;
  /** What the user thinks of it, as soon as it is said. */
  feedback?: Said;
  /** Why what was said last is not kept. */
  feedbackError?: { code: string; message: string } | undefined;
}

export const pendingQuestionId = 'pending-question';
export const pendingAnswerId = 'pending-answer';

/** The branch on show, root first; at its end, what was sent and does not know its place yet. */
export function shownBranch(state: Conversation): MessageView[] {
  const known = joinAnswers(knownBranch(state));
  return state.waiting ? [...known, ...waitingViews(state.waiting, known.at(-1)?.id ?? null)] : known;
}

function knownBranch(state: Conversation): MessageView[] {
  const children = childrenByParent(state);
  const branch: MessageView[] = [];
  const { pending } = state;
  let parentId: string | null = null;
  for (let steps = 0; steps <= Object.keys(state.messages).length; steps += 1) {
    if (pending && pending.parentId === parentId) return [...branch, ...pendingViews(state, pending)];
    const siblings: Message[] = children.get(parentId) ?? [];
    const shown: Message | undefined =
      siblings.find(({ id }) => id === state.chosen[parentId ?? '']) ?? siblings.at(-1);
    if (!shown) break;
    branch.push({
      ...withRun(state, shown),
      ...feedbackOf(state, shown),
      decisionError: state.refusedDecisions[shown.id],
      siblings: siblings.map(({ id }) => id),
    });
    parentId = shown.id;
  }
  return branch;
}

/** What the conversation is doing, from the end of the branch on show. */
export function statusOf(state: Conversation, branch: readonly MessageView[]): ConversationStatus {
  if (state.pending?.error) return 'error';
  const last = branch.at(-1);
  if (last?.status === 'streaming') return last.parts.length > 0 ? 'streaming' : 'submitted';
  return last?.status === 'failed' ? 'error' : 'ready';
}

function childrenByParent(state: Conversation): Map<string | null, Message[]> {
  const byParent = new Map<string | null, Message[]>();
  for (const message of Object.values(state.messages)) {
    byParent.set(message.parentId, [...(byParent.get(message.parentId) ?? []), message]);
  }
  for (const siblings of byParent.values()) {
    siblings.sort((a, b) => compare(a.createdAt, b.createdAt) || compare(a.id, b.id));
  }
  return byParent;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A message with what its run has said beyond what was fetched, and how that ended. */
function withRun(state: Conversation, message: Message): Message & { notice?: Notice | undefined } {
  if (message.status !== 'streaming' || message.runId === undefined) return message;
  const run = state.runs[message.runId];
  const status = run?.content.seal ?? message.status;
  if (!run || run.next === 0 || sizeOf(run.content.parts) < sizeOf(message.parts))
    return { ...message, status };
  const { parts, model, error, usage, context, notice } = run.content;
  return {
    ...message,
    parts: [...parts],
    status,
    notice,
    ...(model !== undefined && { model }),
    ...(error && { error }),
    ...(usage && { usage }),
    ...(context && { context }),
  };
}

/** What the user said of it last; what was refused gives way to what the server has. */
function feedbackOf(
  state: Conversation,
  { id, feedback }: Message,
): Pick<MessageView, 'feedback' | 'feedbackError'> {
  const sent = state.feedback[id];
  if (!sent) return { feedback };
  return sent.error ? { feedback, feedbackError: sent.error } : { feedback: sent.said };
}

function sizeOf(parts: readonly MessagePart[]): number {
  return parts.reduce((sum: number, part) => sum + 1 + (part.type === 'text' ? part.text.length : 0), 0);
}

function pendingViews(state: Conversation, pending: Pending): MessageView[] {
  const { createdAt, text, files, parentId, runId, compact, decisions } = pending;
  const question =
    text === undefined ? [] : [questionView(pendingQuestionId, { text, files, createdAt, parentId })];
  if (pending.error) return question;
  const content = runId === undefined ? undefined : state.runs[runId]?.content;
  const answer: MessageView = {
    ...answerView(pendingAnswerId, { createdAt, parentId: pendingQuestionId }),
    ...(compact && { summary: compact }),
    status: content?.seal ?? 'streaming',
    parts: [...(content?.parts ?? [])],
    notice: content?.notice,
    decisions,
    ...(runId !== undefined && { runId }),
    ...(content?.model !== undefined && { model: content.model }),
    ...(content?.error && { error: content.error }),
    ...(content?.context && { context: content.context }),
  };
  return [...question, answer];
}

function waitingViews({ text, files, createdAt }: Waiting, parentId: string | null): MessageView[] {
  return [
    questionView('waiting-question', { text, files, createdAt, parentId }),
    answerView('waiting-answer', { createdAt, parentId: 'waiting-question' }),
  ];
}

function questionView(
  id: string,
  {
    text,
    files = [],
    createdAt,
    parentId,
  }: Pick<Waiting, 'text' | 'files' | 'createdAt'> & {
    parentId: string | null;
  },
): MessageView {
  return {
    id,
    parentId,
    role: 'user',
    status: 'finished',
    parts: [...files, { type: 'text', text }],
    createdAt,
    siblings: [id],
    isPending: true,
  };
}

/** An answer that has said nothing yet. */
function answerView(
  id: string,
  { createdAt, parentId }: { createdAt: string; parentId: string },
): MessageView {
  return {
    id,
    parentId,
    role: 'assistant',
    status: 'streaming',
    parts: [],
    createdAt,
    siblings: [id],
    isPending: true,
  };
}
