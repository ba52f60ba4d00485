import { z } from 'zod';
import { writtenLines } from './written-text.ts';

export const rating = z.enum(['up', 'down']);
export type Rating = z.infer<typeof rating>;

/** Most characters of a comment. */
export const commentCharsMax = 2_000;

/** Body of `PUT /api/sessions/{sessionId}/messages/{messageId}/feedback`. It replaces what was said before. */
export const feedbackBody = z.strictObject({
  rating,
  comment: writtenLines(commentCharsMax).optional(),
});
export type FeedbackBody = z.infer<typeof feedbackBody>;

/**
 * What the user thinks of an answer, as it is stored and shown to that user. Stored data is read with it too,
 * so what a newer version says beyond this is left out.
 */
export const feedback = z.object({
  rating,
  comment: z.string().optional(),
  /** When the user first said something of the answer, and when last. */
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Feedback = z.infer<typeof feedback>;
