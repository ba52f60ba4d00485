import { z } from 'zod';
import { fileNameCharsMax, mediaTypes, type MediaType } from './file-type.ts';
import { writtenLine } from './written-text.ts';

/** Id of an attachment: 128 random bits. */
export const attachmentId = z.string().regex(/^[0-9a-f]{32}$/, 'expected the id of an attachment');

/** Name of a file as its sender calls it. */
const fileName = writtenLine(fileNameCharsMax);

/** Body of `POST /api/sessions/{sessionId}/attachments`: what will be uploaded. */
export const startUploadBody = z.strictObject({
  name: fileName,
  bytes: z.number().int().min(1),
  /** Media type as the sender knows it; `''` when it knows none. */
  type: z.string().max(200),
});

/** Its answer: where the file goes, as a form with these fields before the field `file`. */
export const upload = z.strictObject({
  id: attachmentId,
  url: z.string(),
  fields: z.record(z.string(), z.string()),
  /** The address takes nothing afterwards. */
  expiresAt: z.iso.datetime(),
});
export type Upload = z.infer<typeof upload>;

/** Body of `PUT /api/sessions/{sessionId}/attachments/{attachmentId}`: it is uploaded, look at it. */
export const finishUploadBody = z.strictObject({ name: fileName });

/** A file that was uploaded and looked at, which messages may name. It never changes. */
export const attachment = z.strictObject({
  id: attachmentId,
  name: z.string(),
  /** By its content; which kind of text it is, by its name. */
  mediaType: z.enum(Object.keys(mediaTypes) as [MediaType, ...MediaType[]]),
  bytes: z.number().int().min(1),
});
export type Attachment = z.infer<typeof attachment>;
