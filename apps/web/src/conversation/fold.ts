import { approvalOf, contextOf, problemOf, progressOf, usageOf } from '@parley/contract/known-fields';
import type { MessagePart, ToolPart } from '@parley/contract/message';
import type { Seal } from '@parley/contract/run';
import type { StreamEvent } from '@parley/contract/stream';
import type { ToolProgress } from '@parley/contract/tool-progress';
import type { RunContent } from './state.ts';

export const emptyContent: RunContent = { parts: [], texts: {} };

/**
 * Adds one event to an answer, without changing the one before. The contract's `foldRun` says the
 * same of a whole log; a property test holds them together.
 */
export function foldEvent(content: RunContent, event: StreamEvent): RunContent {
  switch (event.type) {
    case 'start':
      return { ...content, messageId: event.messageId, model: event.messageMetadata.model };
    case 'start-step':
      return addPart(content, { type: 'step-start' });
    case 'text-start': {
      const texts = { ...content.texts, [event.id]: content.parts.length };
      return { ...addPart(content, { type: 'text', text: '' }), texts };
    }
    case 'text-delta':
      return addText(content, event.id, event.delta);
    case 'tool-input-available': {
      const { toolCallId, toolName, input } = event;
      return addPart(content, {
        type: 'dynamic-tool',
        toolName,
        toolCallId,
        state: 'input-available',
        input,
      });
    }
    case 'tool-output-available':
      return answerCall(content, event.toolCallId, { state: 'output-available', output: event.output });
    case 'tool-output-error':
      return answerCall(content, event.toolCallId, { state: 'output-error', errorText: event.errorText });
    case 'message-metadata':
      return { ...content, usage: usageOf(event.messageMetadata.usage) };
    case 'data-tool-duration':
      return changeCall(content, event.data.toolCallId, { durationMs: event.data.durationMs });
    case 'data-tool-approval':
    case 'data-tool-decision':
      return changeCall(content, event.data.toolCallId, { approval: approvalOf(event.data) });
    case 'data-tool-progress':
      return tellProgress(content, event.data.toolCallId, progressOf(event.data));
    case 'data-notice':
      return { ...content, notice: event.data };
    case 'data-context':
      return { ...content, context: contextOf(event.data) };
    case 'data-problem':
      return { ...content, error: problemOf(event.data) };
    case 'error':
      return { ...content, seal: 'failed', notice: undefined };
    case 'abort':
      return { ...content, seal: event.reason, notice: undefined };
    case 'finish':
      return {
        ...content,
        seal: content.seal ?? (content.error ? 'failed' : endOf(event)),
        notice: undefined,
        ...(event.messageMetadata && { usage: usageOf(event.messageMetadata.usage) }),
      };
    default:
      return content;
  }
}

/** Only a run that waits for the user's approval ends with calls that are not made. */
function endOf({ finishReason }: Extract<StreamEvent, { type: 'finish' }>): Seal {
  return finishReason === 'tool-calls' ? 'waiting' : 'finished';
}

function addPart(content: RunContent, part: MessagePart): RunContent {
  return { ...content, notice: undefined, parts: [...content.parts, part] };
}

function addText(content: RunContent, id: string, delta: string): RunContent {
  const index = content.texts[id];
  const part = index === undefined ? undefined : content.parts[index];
  if (index === undefined || part?.type !== 'text') return content;
  return {
    ...content,
    notice: undefined,
    parts: content.parts.with(index, { type: 'text', text: part.text + delta }),
  };
}

function changeCall(content: RunContent, toolCallId: string, change: Partial<ToolPart>): RunContent {
  return replaceCall(content, toolCallId, (call) => ({ ...call, ...change }));
}

/** Its progress is no part of a call that has its answer. */
function answerCall(content: RunContent, toolCallId: string, answer: Partial<ToolPart>): RunContent {
  return replaceCall(content, toolCallId, ({ progress: _, ...call }) => ({ ...call, ...answer }));
}

function tellProgress(content: RunContent, toolCallId: string, progress: ToolProgress): RunContent {
  return replaceCall(content, toolCallId, (call) =>
    call.state === 'input-available' ? { ...call, progress } : call,
  );
}

function replaceCall(
  content: RunContent,
  toolCallId: string,
  replace: (call: ToolPart) => ToolPart,
): RunContent {
  const index = content.parts.findIndex(
    (part) => part.type === 'dynamic-tool' && part.toolCallId === toolCallId,
  );
  if (index < 0) return content;
  const part = replace(content.parts[index] as ToolPart);
  return { ...content, notice: undefined, parts: content.parts.with(index, part) };
}
