import type { Message, MessagePart, ToolPart } from '@parley/contract/message';

const mayHaveRun =
  'The user approved this call, but the run was cut before its result was kept: it may have run. Find out before you call it again.';
const answeredAndCut =
  'The user answered whether to make this call, but the run was cut before anything was kept: it may have run. Find out before you call it again.';
const wroteOn = 'The user wrote on without approving this call: it was not made.';
const ranOut = 'The time to approve this call ran out: it was not made. Call it again if it is still needed.';

/**
 * A branch in which each call stands once, where the model made it, with what came of it: a call that waited for the
 * user's approval is decided, and made, in the message after it.
 */
export function callsOnce(branch: readonly Message[]): Message[] {
  const asked = new Set<string>();
  return branch.map((message, i) => {
    const next = branch[i + 1];
    const parts = message.parts.flatMap((part): MessagePart[] => {
      if (part.type !== 'dynamic-tool') return [part];
      if (asked.has(part.toolCallId)) return [];
      if (part.approval?.expiresAt === undefined) return [part];
      asked.add(part.toolCallId);
      return [withResult(part, next)];
    });
    return { ...message, parts };
  });
}

function withResult(part: ToolPart, next: Message | undefined): ToolPart {
  const decided = next?.parts.find(
    (each) => each.type === 'dynamic-tool' && each.toolCallId === part.toolCallId,
  );
  if (decided?.type === 'dynamic-tool') {
    return decided.state === 'input-available' ? failed(decided, mayHaveRun) : decided;
  }
  if (next?.role === 'assistant' && !next.summary) return failed(part, answeredAndCut);
  return failed(part, isExpired(part, next) ? ranOut : wroteOn);
}

function isExpired({ approval }: ToolPart, next: Message | undefined): boolean {
  return next !== undefined && Date.parse(next.createdAt) > Date.parse(approval?.expiresAt ?? '');
}

function failed(part: ToolPart, errorText: string): ToolPart {
  return { ...part, state: 'output-error', errorText };
}
