import { randomBytes } from 'node:crypto';
import { finishUploadBody, startUploadBody, type Attachment } from '@parley/contract/attachment';
import { kindOf } from '@parley/contract/file-type';
import { routePattern } from '@parley/contract/routes';
import type { Session } from '@parley/contract/session';
import { HttpError } from '@parley/service/errors';
import { readJson } from '@parley/service/input';
import type { ServiceEnv } from '@parley/service/service-env';
import type { Attachments } from '@parley/session-files/attachments';
import type { RemoveSessionFiles } from '@parley/session-files/remove-session';
import type { Uploads } from '@parley/session-files/uploads';
import type { ConversationStore } from '@parley/store/conversations';
import { NotFoundError } from '@parley/store/errors';
import type { Context, Hono } from 'hono';
import type { AppDirectory } from '../chat-apps/directory.ts';
import { attachmentId, sessionId } from './path-ids.ts';

export interface AttachmentRoutesOptions {
  conversations: Pick<
    ConversationStore,
    'ownedSession' | 'addAttachment' | 'findAttachment' | 'getAttachment'
  >;
  directory: Pick<AppDirectory, 'get'>;
  uploads: Uploads;
  attachments: Attachments;
  removeFiles: RemoveSessionFiles;
}

/** `/api/sessions/{sessionId}/attachments` and below. Every route begins with the ownership guard. */
export function addAttachmentRoutes(app: Hono<ServiceEnv>, options: AttachmentRoutesOptions): void {
  const { conversations, uploads, attachments, removeFiles } = options;
  const owned = (c: Context<ServiceEnv>) => conversations.ownedSession(c.get('user').sub, sessionId(c));
  const placeOf = (c: Context<ServiceEnv>, session: Session, id: string) => ({
    owner: c.get('user').sub,
    sessionId: session.id,
    id,
  });

  app.post(routePattern('attachments'), async (c) => {
    const session = await owned(c);
    await requireFeature(c, options, session);
    const id = randomBytes(16).toString('hex');
    return c.json(await uploads.start(placeOf(c, session, id), await readJson(c, startUploadBody)), 201);
  });

  app.put(routePattern('attachment'), async (c) => {
    const session = await owned(c);
    const place = placeOf(c, session, attachmentId(c));
    const { name } = await readJson(c, finishUploadBody);
    // Its form may have been sent again since: what was looked at stays what it is.
    const standing = await conversations.findAttachment(session, place.id);
    if (standing) return c.json(standing);
    const attachment = await uploads.finish(place, name);
    // Of a session that was deleted meanwhile nothing may stay behind.
    await owned(c).catch(async (error: unknown) => {
      if (error instanceof NotFoundError) await removeFiles(place);
      throw error;
    });
    return c.json(await conversations.addAttachment(session, attachment));
  });

  app.get(routePattern('attachment'), async (c) => {
    const session = await owned(c);
    const attachment = await conversations.getAttachment(session, attachmentId(c));
    return c.body(
      await attachments.read(placeOf(c, session, attachment.id)),
      200,
      contentHeaders(attachment),
    );
  });
}

async function requireFeature(
  c: Context<ServiceEnv>,
  { directory }: AttachmentRoutesOptions,
  session: Session,
): Promise<void> {
  const { features } = await directory.get(c.get('user'), session.app);
  if (features.attachments) return;
  throw new HttpError(
    'not-allowed',
    `Chat app "${session.app}" takes no attachments: write what is in the file.`,
  );
}

/**
 * What a browser may do with a user's file: show an image, save anything else, and run nothing. No file is ever of a
 * type that is a page.
 */
function contentHeaders({ name, mediaType }: Attachment): Record<string, string> {
  const kind = kindOf(mediaType);
  return {
    'content-type': kind === 'text' ? `${mediaType}; charset=utf-8` : mediaType,
    'content-disposition': `${kind === 'image' ? 'inline' : 'attachment'}; filename*=UTF-8''${encoded(name)}`,
    'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  };
}

/** As RFC 8187 has it. */
function encoded(name: string): string {
  return encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
