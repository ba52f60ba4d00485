import { messageText, type Message } from '@parley/contract/message';

/** The part of a branch that a model reads. */
export interface SinceSummary {
  messages: Message[];
  /** What the summary before them says. */
  summary?: string;
}

/**
 * What follows the last whole summary of a branch, root first, or all of it. A summary below a user's message sums up
 * what was before that one, which is still to be answered. A summary that was cut sums up nothing.
 */
export function sinceSummary(branch: readonly Message[]): SinceSummary {
  const at = branch.findLastIndex((message) => message.summary && isWhole(message));
  const answered = branch.slice(at + 1).filter(({ summary }) => !summary);
  if (at < 0) return { messages: answered };
  const before = branch[at - 1];
  return {
    messages: before?.role === 'user' ? [before, ...answered] : answered,
    summary: messageText(branch[at]!),
  };
}

function isWhole(message: Message): boolean {
  return message.status === 'finished' && messageText(message).trim() !== '';
}
