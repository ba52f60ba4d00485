import { z } from 'zod';
import { attachmentId } from './attachment.ts';
import { messageFilesMax } from './file-type.ts';
import { decided } from './stream.ts';
import { writtenLines, writtenText } from './written-text.ts';

/**
 * How a run ended. `interrupted`: the process that ran it died or lost its lease; it can be continued.
 * `waiting`: tools it wants to call need the user's approval; the user's decision is a run of its own.
 */
export const seal = z.enum(['finished', 'stopped', 'interrupted', 'failed', 'waiting']);
export type Seal = z.infer<typeof seal>;

/** A model that asks for more calls at once than this is refused those that need approval. */
export const decisionsMax = 64;

/** What a user decides about one call that waits for approval. */
export const decision = z.strictObject({
  toolCallId: z.string().min(1).max(200),
  decision: decided.decision,
  /** Told to the model with a declined call. */
  reason: writtenLines(2_000).optional(),
});
export type Decision = z.infer<typeof decision>;

/**
 * Body of `POST /inference/sessions/{sessionId}/runs`.
 * - `text` with `parentId` (null for the first message): a new message below that one; an edit is
 *   the same with the parent of the message it replaces.
 * - no `text`, parent a user message: answer it (again).
 * - no `text`, parent an assistant message that was cut: continue it.
 * - `decisions`, parent an assistant message that waits: one for each of its calls that need approval. The message
 *   names the run: repeating the same decisions repeats nothing, others are refused.
 * - `compact`: sum up the branch that ends at the parent; below a user message, what went before that one.
 * - no `text`, parent a summary below a user message: answer that message, reading the summary.
 */
export const startRunBody = z
  .strictObject({
    parentId: z.string().nullable(),
    text: writtenText(100_000).optional(),
    /** With a `text`: ids of the session's attachments that the message brings along. */
    attachments: z.array(attachmentId).min(1).max(messageFilesMax).optional(),
    decisions: z.array(decision).min(1).max(decisionsMax).optional(),
    compact: z.literal(true).optional(),
  })
  .refine(({ text, decisions }) => text === undefined || decisions === undefined, {
    path: ['decisions'],
    message: 'expected either a "text" or "decisions", not both: decide first, then write',
  })
  .refine(({ text, decisions, compact }) => !compact || (text === undefined && decisions === undefined), {
    path: ['compact'],
    message: 'expected neither a "text" nor "decisions" with it: sum up first, then write',
  });
export type StartRunBody = z.infer<typeof startRunBody>;

/** Header of the same request: 1–128 visible characters; repeating it repeats nothing. */
export const idempotencyHeader = 'idempotency-key';
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'expected 1 to 128 visible ASCII characters');

/** Typed reasons for which a run fails. */
export const runErrorCode = z.enum([
  'throttled',
  'context-overflow',
  'refused',
  'model-failed',
  'model-unavailable',
  'budget-reached',
  'app-disabled',
  'internal',
]);
export type RunErrorCode = z.infer<typeof runErrorCode>;
