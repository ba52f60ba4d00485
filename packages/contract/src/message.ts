import { z } from 'zod';
import { feedback } from './feedback.ts';
import { approvalOf, contextOf, problemOf, progressOf, usageOf } from './known-fields.ts';
import { seal } from './run.ts';
import { contextRead, decided, milliseconds, runProblem, tokenUsage, type StreamEvent } from './stream.ts';
import { toolProgress } from './tool-progress.ts';

/** Parts of a message, as AI SDK's `UIMessage` has them. */
export const textPart = z.strictObject({ type: z.literal('text'), text: z.string() });
export const stepPart = z.strictObject({ type: z.literal('step-start') });
export const toolPart = z.strictObject({
  type: z.literal('dynamic-tool'),
  toolName: z.string(),
  toolCallId: z.string(),
  state: z.enum(['input-available', 'output-available', 'output-error']),
  input: z.unknown(),
  output: z.unknown().optional(),
  errorText: z.string().optional(),
  /** How long the tool worked, measured where it was called; absent while it works, and of calls that were cut. */
  durationMs: milliseconds.optional(),
  /**
   * Of a call that needs the user's approval. `expiresAt`, in the message that asks: until when it can be given.
   * `decision`, in the message that goes on: what it was.
   */
  approval: z
    .strictObject({ expiresAt: z.iso.datetime(), ...decided })
    .partial()
    .optional(),
  /** How far a call without an answer is, or was when it was cut. */
  progress: toolProgress.optional(),
});
/** An attachment of a user's message. Its `url` is the download route: it works for its owner, and does not expire. */
export const filePart = z.strictObject({
  type: z.literal('file'),
  mediaType: z.string(),
  filename: z.string(),
  url: z.string(),
  bytes: z.number().int(),
});
export const messagePart = z.discriminatedUnion('type', [textPart, stepPart, toolPart, filePart]);
export type MessagePart = z.infer<typeof messagePart>;
export type FilePart = z.infer<typeof filePart>;
export type ToolPart = z.infer<typeof toolPart>;

/** `streaming` while its run is open, then the run's seal. User messages are `finished`. */
export const messageStatus = z.enum(['streaming', ...seal.options]);

/** One message of a session. Messages form a tree: a sibling is an edit or another answer. */
export const message = z.strictObject({
  id: z.string(),
  parentId: z.string().nullable(),
  role: z.enum(['user', 'assistant']),
  status: messageStatus,
  parts: z.array(messagePart),
  createdAt: z.iso.datetime(),
  /** Assistant messages: the run that wrote it, and the model that answered. */
  runId: z.string().optional(),
  model: z.string().optional(),
  /** Its `code` is one of `runErrorCode`, or a newer one. */
  error: runProblem.optional(),
  /** Assistant messages: also of a run that was cut, which has that of the model calls that ended. */
  usage: tokenUsage.optional(),
  /** Assistant messages: what the model read of the branch, where that was not all of it. */
  context: contextRead.optional(),
  /**
   * True of a message in which a model sums up the branch above it. What follows reads it in place of what went
   * before; below a user's message, that message is still to be answered.
   */
  summary: z.literal(true).optional(),
  /** Assistant messages: what the user thinks of it. */
  feedback: feedback.optional(),
  /** Grows with every change of the feedback, its withdrawal too, so that of two looks the newer is known. */
  feedbackRevision: z.number().int().optional(),
});
export type Message = z.infer<typeof message>;

/** What a run's events amount to: the content of its assistant message. */
export type RunContent = Pick<Message, 'parts' | 'model' | 'error' | 'usage' | 'context'>;

/**
 * Folds a run's events, in order, into its message. The stored message and what every client
 * shows are this function of the same log, so they cannot differ.
 */
export function foldRun(events: Iterable<StreamEvent>): RunContent {
  const content: RunContent = { parts: [] };
  const textParts = new Map<string, z.infer<typeof textPart>>();
  for (const event of events) foldEvent(content, textParts, event);
  return content;
}

function foldEvent(content: RunContent, textParts: Map<string, { text: string }>, event: StreamEvent): void {
  switch (event.type) {
    case 'start':
      content.model = event.messageMetadata.model;
      return;
    case 'start-step':
      content.parts.push({ type: 'step-start' });
      return;
    case 'text-start': {
      const part = { type: 'text' as const, text: '' };
      content.parts.push(part);
      textParts.set(event.id, part);
      return;
    }
    case 'text-delta': {
      const part = textParts.get(event.id);
      if (part) part.text += event.delta;
      return;
    }
    case 'tool-input-available': {
      const { toolCallId, toolName, input } = event;
      content.parts.push({ type: 'dynamic-tool', toolName, toolCallId, state: 'input-available', input });
      return;
    }
    case 'tool-output-available':
      answerCall(content, event.toolCallId, { state: 'output-available', output: event.output });
      return;
    case 'tool-output-error':
      answerCall(content, event.toolCallId, { state: 'output-error', errorText: event.errorText });
      return;
    case 'data-tool-duration':
      changeCall(content, event.data.toolCallId, { durationMs: event.data.durationMs });
      return;
    case 'data-tool-approval':
    case 'data-tool-decision':
      changeCall(content, event.data.toolCallId, { approval: approvalOf(event.data) });
      return;
    case 'data-context':
      content.context = contextOf(event.data);
      return;
    case 'data-tool-progress':
      tellProgress(content, event.data.toolCallId, progressOf(event.data));
      return;
    case 'data-problem':
      content.error = problemOf(event.data);
      return;
    case 'message-metadata':
    case 'finish':
      if (event.messageMetadata) content.usage = usageOf(event.messageMetadata.usage);
      return;
    default:
      return;
  }
}

function changeCall(content: RunContent, toolCallId: string, change: Partial<ToolPart>): void {
  const call = findCall(content, toolCallId);
  if (call) Object.assign(call, change);
}

/** Its progress is no part of a call that has its answer. */
function answerCall(content: RunContent, toolCallId: string, answer: Partial<ToolPart>): void {
  const call = findCall(content, toolCallId);
  if (!call) return;
  delete call.progress;
  Object.assign(call, answer);
}

function tellProgress(content: RunContent, toolCallId: string, progress: ToolPart['progress']): void {
  const call = findCall(content, toolCallId);
  if (call?.state === 'input-available') Object.assign(call, { progress });
}

function findCall({ parts }: RunContent, toolCallId: string): ToolPart | undefined {
  return parts.find((part) => part.type === 'dynamic-tool' && part.toolCallId === toolCallId) as
    ToolPart | undefined;
}

/** The parts of a message of the user: its files, then its text, as the AI SDK orders them. */
export function questionParts(text: string, files: readonly FilePart[] = []): MessagePart[] {
  return [...files, { type: 'text', text }];
}

/** The plain text of a message: its text parts, joined. */
export function messageText({ parts }: Pick<Message, 'parts'>): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** The branch of the tree that ends at `leafId`, root first; empty when the leaf is unknown. */
export function branchTo(messages: readonly Message[], leafId: string | null): Message[] {
  const byId = new Map(messages.map((each) => [each.id, each]));
  const branch: Message[] = [];
  for (let at = leafId === null ? undefined : byId.get(leafId); at && branch.length <= messages.length;) {
    branch.unshift(at);
    at = at.parentId === null ? undefined : byId.get(at.parentId);
  }
  return branch;
}
