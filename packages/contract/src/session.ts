import { z } from 'zod';
import { id } from './id.ts';

/** A conversation of one user with one chat app. */
export const session = z.strictObject({
  id: z.string(),
  app: id,
  title: z.string().max(200),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** Grows with every change, so that another device sees that there is something to fetch. */
  revision: z.number().int(),
});
export type Session = z.infer<typeof session>;

export const createSessionBody = z.strictObject({
  app: id,
  title: z.string().trim().min(1).max(200).optional(),
});
export const renameSessionBody = z.strictObject({ title: z.string().trim().min(1).max(200) });
