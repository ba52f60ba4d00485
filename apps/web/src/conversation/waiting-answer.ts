import type { MessagePart } from '@parley/contract/message';
import { isWaiting } from '@parley/contract/waiting-calls';
import type { MessageView } from './view.ts';

/**
 * Shows an answer that waited for the user and the one that goes on with it as one: each call stands once, where the
 * model made it, with what was decided and what came of it.
 */
export function joinAnswers(branch: readonly MessageView[]): MessageView[] {
  const joined: MessageView[] = [];
  for (const view of branch) {
    const before = joined.at(-1);
    if (before && goesOnWith(before, view)) joined.splice(-1, 1, oneAnswer(before, view));
    else joined.push(view);
  }
  return joined;
}

function goesOnWith(before: MessageView, { role, siblings, summary }: MessageView): boolean {
  // Where the user has written on too, both ways on must be in sight.
  return before.status === 'waiting' && role === 'assistant' && siblings.length === 1 && !summary;
}

/** It is the later answer: that is what is rated, stopped and gone on with; its place is the earlier one's. */
function oneAnswer(before: MessageView, after: MessageView): MessageView {
  const { parentId, createdAt, siblings } = before;
  const calls = new Set(
    before.parts.flatMap((part) => (part.type === 'dynamic-tool' ? [part.toolCallId] : [])),
  );
  const rest = after.parts.filter((part) => part.type !== 'dynamic-tool' || !calls.has(part.toolCallId));
  return {
    ...after,
    parentId,
    createdAt,
    decisionError: before.decisionError,
    siblings: siblings.map((id) => (id === before.id ? after.id : id)),
    parts: [...before.parts.map((part) => decided(part, after)), ...rest],
  };
}

function decided(part: MessagePart, { parts, decisions }: MessageView): MessagePart {
  if (part.type !== 'dynamic-tool' || !isWaiting(part)) return part;
  const inLog = parts.find((each) => each.type === 'dynamic-tool' && each.toolCallId === part.toolCallId);
  if (inLog) return inLog;
  const sent = decisions?.find(({ toolCallId }) => toolCallId === part.toolCallId);
  return sent ? { ...part, approval: { ...part.approval, decision: sent.decision } } : part;
}
