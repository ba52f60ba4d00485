import type { Message, ToolPart } from './message.ts';

// Apart from the schemas, which the page in the browser does without.

/** The calls that a message waits with for the user's approval. */
export function waitingCalls({ parts }: Pick<Message, 'parts'>): ToolPart[] {
  return parts.filter((part) => part.type === 'dynamic-tool').filter(isWaiting);
}

/** True of a call that is made only when the user approves it, and of which nothing is decided yet. */
export function isWaiting({ state, approval }: ToolPart): boolean {
  return state === 'input-available' && approval?.expiresAt !== undefined && approval.decision === undefined;
}
