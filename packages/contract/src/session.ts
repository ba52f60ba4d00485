import { z } from 'zod';
import { appState } from './chat-app.ts';
import { id } from './id.ts';
import { seal } from './run.ts';
import { writtenLine } from './written-text.ts';

/** A conversation of one user with one chat app. */
export const session = z.strictObject({
  id: z.string(),
  app: id,
  title: z.string().max(200),
  createdAt: z.iso.datetime(),
  /** When something was last said in it; a new title or feedback leaves it as it is. */
  updatedAt: z.iso.datetime(),
  /** Grows with every change, so that another device sees that there is something to fetch. */
  revision: z.number().int(),
  /**
   * Which branch of the messages is on show: that of this message, and below it the newest. It is the last that was
   * chosen, or the last answer that was begun, on whichever device. Absent while neither has happened.
   */
  shownMessageId: z.string().optional(),
});
export type Session = z.infer<typeof session>;

/** A session as `/api/sessions` shows it: with what can be done in it. */
export const sessionView = z.strictObject({ ...session.shape, appState });
export type SessionView = z.infer<typeof sessionView>;

export const createSessionBody = z.strictObject({
  app: id,
  title: writtenLine(200).optional(),
});
/** Body of `PATCH /api/sessions/{sessionId}`: another title, another branch on show, or both. */
export const changeSessionBody = z
  .strictObject({ title: writtenLine(200), shownMessageId: z.string().min(1).max(200) })
  .partial()
  .refine((body) => Object.keys(body).length > 0, 'expected a title, a shownMessageId, or both');
export type ChangeSessionBody = z.infer<typeof changeSessionBody>;

/** What `GET /inference/sessions/{sessionId}/events` tells the other tabs and devices of a user. */
export const sessionEvent = z.discriminatedUnion('type', [
  /** First on every connection, then whenever its revision changed. */
  z.strictObject({ type: z.literal('session'), session }),
  z.strictObject({
    type: z.literal('message-added'),
    messageId: z.string(),
    parentId: z.string().nullable(),
    role: z.enum(['user', 'assistant']),
  }),
  /** Also told, for runs that are open, at the beginning of a connection. */
  z.strictObject({ type: z.literal('run-started'), runId: z.string(), messageId: z.string() }),
  z.strictObject({ type: z.literal('run-ended'), runId: z.string(), messageId: z.string(), status: seal }),
  /** `revision` is the message's `feedbackRevision`. */
  z.strictObject({
    type: z.literal('feedback-changed'),
    messageId: z.string(),
    revision: z.number().int(),
  }),
  /** Last of all. */
  z.strictObject({ type: z.literal('session-deleted') }),
]);
export type SessionEvent = z.infer<typeof sessionEvent>;
