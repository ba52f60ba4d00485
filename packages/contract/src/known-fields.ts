import type { ToolPart } from './message.ts';
import type { ContextRead, RunProblem, TokenUsage } from './stream.ts';
import type { ToolProgress } from './tool-progress.ts';

// Apart from the schemas, which the page in the browser does without.

/** Of a run's problem, what this version stores: a newer one may have said more. */
export function problemOf({ code, message, retryAt }: RunProblem): RunProblem {
  return { code, message, ...(retryAt !== undefined && { retryAt }) };
}

/** Of what a model read, what this version stores: a newer one may have said more. */
export function contextOf({ read, of, trimmed }: ContextRead): ContextRead {
  return { read, of, trimmed };
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

/** Of a call's progress, what this version stores: a newer one may have said more. */
export function progressOf({ percent, text }: ToolProgress): ToolProgress {
  return { ...(percent !== undefined && { percent }), ...(text !== undefined && { text }) };
}
