import { z } from 'zod';
import { tolerant } from './tolerant.ts';
import { toolProgress } from './tool-progress.ts';

const text = z.string();
/** A duration in whole milliseconds. */
export const milliseconds = z.number().int().nonnegative();
/** What a run has used so far, its nested agents included, as the model's provider counts it. */
export const tokenUsage = z.strictObject({ inputTokens: z.number(), outputTokens: z.number() });
export type TokenUsage = z.infer<typeof tokenUsage>;
/** What the user says to a call that needs approval, and why, if they say so. */
export const decided = {
  decision: z.enum(['approved', 'declined']),
  reason: text.optional(),
};
/** What a model read of the branch it answers; nothing that is stored is changed or dropped for it. */
export const contextRead = z.strictObject({
  /** Messages it was given, the one it answers included, … */
  read: z.number().int().nonnegative(),
  /** … of those the branch has since its last summary, that one included. */
  of: z.number().int().nonnegative(),
  /** Tool results that it was given only the beginning of, to save room. */
  trimmed: z.number().int().nonnegative(),
});
export type ContextRead = z.infer<typeof contextRead>;
/** Why a run failed, for programs and for people. */
export const runProblem = z.strictObject({
  code: text,
  message: text,
  /** When another try is of use, as the model's server said; absent when it did not say. */
  retryAt: z.iso.datetime().optional(),
});
export type RunProblem = z.infer<typeof runProblem>;
const toolCall = { toolCallId: text, toolName: text, dynamic: z.literal(true) };

/**
 * Events of a run, as this version writes them: the chunks of the AI SDK's UI message stream v1 that Parley sends.
 * https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol
 */
export const streamEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('start'),
    messageId: text,
    messageMetadata: z.strictObject({ runId: text, model: text }),
  }),
  z.strictObject({ type: z.literal('start-step') }),
  z.strictObject({ type: z.literal('finish-step') }),
  z.strictObject({ type: z.literal('text-start'), id: text }),
  z.strictObject({ type: z.literal('text-delta'), id: text, delta: text }),
  z.strictObject({ type: z.literal('text-end'), id: text }),
  z.strictObject({ type: z.literal('tool-input-available'), ...toolCall, input: z.unknown() }),
  z.strictObject({
    type: z.literal('tool-output-available'),
    toolCallId: text,
    dynamic: z.literal(true),
    output: z.unknown(),
  }),
  z.strictObject({
    type: z.literal('tool-output-error'),
    toolCallId: text,
    dynamic: z.literal(true),
    errorText: text,
  }),
  /** After each call of the model, so that a run which is cut has what it used; `finish` says it a last time. */
  z.strictObject({
    type: z.literal('message-metadata'),
    messageMetadata: z.strictObject({ usage: tokenUsage }),
  }),
  /**
   * How long a tool worked, right after its output or error. An event of its own, because `data-*` is where the
   * protocol is open: AI SDK 5.0 and 6.0 refuse a `providerMetadata` on the output, and later 5s drop it. Its `id`
   * makes a client that hears it twice keep one.
   */
  z.strictObject({
    type: z.literal('data-tool-duration'),
    id: text,
    data: z.strictObject({ toolCallId: text, durationMs: milliseconds }),
  }),
  /** A call that is not made before the user approves it, until `expiresAt`. Only right before the `finish` of a run that waits. */
  z.strictObject({
    type: z.literal('data-tool-approval'),
    id: text,
    data: z.strictObject({ toolCallId: text, expiresAt: z.iso.datetime() }),
  }),
  /** What the user decided of a call that an earlier run asked for; right after its `tool-input-available`. */
  z.strictObject({
    type: z.literal('data-tool-decision'),
    id: text,
    data: z.strictObject({ toolCallId: text, ...decided }),
  }),
  /**
   * How far a call is, between its input and its output; each one stands for all before it. Its `id` is the call's,
   * so that a client keeps the newest one only.
   */
  z.strictObject({
    type: z.literal('data-tool-progress'),
    id: text,
    data: z.strictObject({ toolCallId: text, ...toolProgress.shape }),
  }),
  /** Something the user should see while waiting, such as a throttled model; not part of the message. */
  z.strictObject({
    type: z.literal('data-notice'),
    transient: z.literal(true),
    data: z.strictObject({ code: text, message: text, retryAfterSeconds: z.number().optional() }),
  }),
  /** Before a model call, when the branch is longer than the model reads. A later one of the run replaces it. */
  z.strictObject({ type: z.literal('data-context'), id: text, data: contextRead }),
  /** Why a run failed, for programs; `error` says it to people. */
  z.strictObject({ type: z.literal('data-problem'), data: runProblem }),
  z.strictObject({ type: z.literal('error'), errorText: text }),
  z.strictObject({ type: z.literal('abort'), reason: z.enum(['stopped', 'interrupted']) }),
  z.strictObject({
    type: z.literal('finish'),
    finishReason: z.enum(['stop', 'length', 'error', 'content-filter', 'tool-calls', 'other']).optional(),
    messageMetadata: z.strictObject({ usage: tokenUsage }).optional(),
  }),
]);
export type StreamEvent = z.infer<typeof streamEvent>;

/**
 * The same as a reader takes it: an event of a newer version, of another `type` or with further keys, is
 * passed on unchanged and keeps its number. So a `switch` on the type of what was read needs its `default`.
 */
export const storedEvent = tolerant(streamEvent);

/** Largest event, in bytes of JSON. Larger tool output goes to the bucket, with a reference. */
export const eventBytesMax = 64 * 1024;

/** A heartbeat comment is sent at least this often, from the first byte on (ALB idle time-out 60 s). */
export const heartbeatSeconds = 15;

/** Header that tells AI SDK clients which protocol the body speaks. */
export const streamHeader = ['x-vercel-ai-ui-message-stream', 'v1'] as const;

/** SSE id of event number `n` (from 0) of a run: what a client sends back as `Last-Event-ID`. */
export function eventId(runId: string, n: number): string {
  return `${runId}:${n}`;
}

/** The run and number of an SSE id; undefined when it is none of ours. */
export function parseEventId(text: string): { runId: string; n: number } | undefined {
  const match = /^([A-Za-z0-9_-]+):(\d{1,9})$/.exec(text);
  return match ? { runId: match[1]!, n: Number(match[2]) } : undefined;
}
