import { createHash } from 'node:crypto';
import { bucketFolders } from '@parley/contract/names';

/** A session and whose it is. The session must have passed the ownership guard. */
export interface SessionPlace {
  /** `sub` of the owner. */
  owner: string;
  sessionId: string;
}

/** Where one attachment is. */
export interface AttachmentPlace extends SessionPlace {
  id: string;
}

export type Folder = keyof typeof bucketFolders;

/**
 * What the keys of a session begin with, in one of the bucket's folders. The owner is in it as a hash, which has one
 * length and no separator, so that no `sub`, whatever is in it, leads into another's keys.
 * @throws RangeError for a session id that could leave its folder
 */
export function sessionKeys(folder: Folder, { owner, sessionId }: SessionPlace): string {
  const user = createHash('sha256').update(owner).digest('hex');
  return `${bucketFolders[folder]}${user}/${segment(sessionId)}/`;
}

export function attachmentKey(folder: 'uploads' | 'attachments', { id, ...place }: AttachmentPlace): string {
  return sessionKeys(folder, place) + segment(id);
}

function segment(id: string): string {
  if (/^[\w-]{1,128}$/.test(id)) return id;
  throw new RangeError(
    `an id in a key is ${JSON.stringify(id.slice(0, 80))}, expected letters, digits, "_" or "-"`,
  );
}
