import type { Message, ToolPart } from './message.ts';
import type { TokenUsage } from './stream.ts';

// Apart from the schemas, which the page in the browser does without.

/** Of a run's problem, what this version stores: a newer one may have said more. */
export function problemOf({ code, message }: NonNullable<Message['error']>): NonNullable<Message['error']> {
  return { code, message };
}

/** Of a call's approval, what this version stores: a newer one may have said more. */
export function approvalOf({
  expiresAt,
  decision,
  reason,
}: NonNullable<ToolPart['approval']>): NonNullable<ToolPart['approval']> {
  return {
    ...(expiresAt !== undefined && { expiresAt }),
    ...(decision !== undefined && { decision }),
    ...(reason !== undefined && { reason }),
  };
}

/** Of a run's usage, what this version stores: a newer one may have counted more. */
export function usageOf({ inputTokens, outputTokens }: TokenUsage): TokenUsage {
  return { inputTokens, outputTokens };
}
