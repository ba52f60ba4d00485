import { messageFileBytesMax, sizeText } from '@parley/contract/file-type';
import type { FilePart } from '@parley/contract/message';
import { routePath } from '@parley/contract/routes';
import type { Session } from '@parley/contract/session';
import { HttpError } from '@parley/service/errors';
import type { ConversationStore } from '@parley/store/conversations';
import { NotFoundError } from '@parley/store/errors';

/**
 * The files that a start of a run names, as parts of its message. What they are comes from where they were looked at,
 * never from the request. Throws `bad-request` for one that is not in the session, `too-large` for too much together.
 */
export async function namedFiles(
  conversations: Pick<ConversationStore, 'getAttachment'>,
  session: Session,
  ids: readonly string[],
): Promise<FilePart[]> {
  const files = await Promise.all([...new Set(ids)].map((id) => namedFile(conversations, session, id)));
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes <= messageFileBytesMax) return files;
  throw new HttpError(
    'too-large',
    `The attachments of this message have ${sizeText(bytes)} together, expected at most ` +
      `${sizeText(messageFileBytesMax)}: send them in several messages.`,
    { field: 'attachments' },
  );
}

async function namedFile(
  conversations: Pick<ConversationStore, 'getAttachment'>,
  session: Session,
  attachmentId: string,
): Promise<FilePart> {
  try {
    const { name, mediaType, bytes } = await conversations.getAttachment(session, attachmentId);
    const url = routePath('attachment', { sessionId: session.id, attachmentId });
    return { type: 'file', mediaType, filename: name, url, bytes };
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new HttpError(
      'bad-request',
      `no attachment "${attachmentId}" in this session: upload it first, and name it once it was looked at`,
      { field: 'attachments', cause: error },
    );
  }
}
