import { attachment as attachmentSchema, type Attachment } from '@parley/contract/attachment';
import type { Session } from '@parley/contract/session';
import { NotFoundError } from '../errors.ts';
import { ifAbsent } from '../table/expressions.ts';
import { putOrFind } from '../table/put-or-find.ts';
import type { Key, TableIo } from '../table/table-io.ts';

export interface AttachmentStore {
  /** Writes it unless one with its id is there; returns the one that stands. Its content must be in the bucket. */
  addAttachment(session: Session, attachment: Attachment): Promise<Attachment>;
  /** Undefined for one that is not there, or of another session. */
  findAttachment(session: Session, attachmentId: string): Promise<Attachment | undefined>;
  /** @throws NotFoundError, the same for one that is not there and one of another session */
  getAttachment(session: Session, attachmentId: string): Promise<Attachment>;
}

const attachmentItem = attachmentSchema.strip();

export function createAttachments(table: TableIo): AttachmentStore {
  const findAttachment: AttachmentStore['findAttachment'] = (session, id) =>
    table.get(keyOf(session, id), attachmentItem);
  return {
    findAttachment,
    getAttachment: async (session, id) => {
      const found = await findAttachment(session, id);
      if (!found) throw new NotFoundError('attachment', id);
      return found;
    },
    addAttachment: (session, attachment) =>
      putOrFind(
        attachment,
        () => table.put({ ...keyOf(session, attachment.id), ...attachment }, ifAbsent),
        () => findAttachment(session, attachment.id),
      ),
  };
}

function keyOf(session: Session, id: string): Key {
  return { pk: `session#${session.id}`, sk: `attachment#${id}` };
}
