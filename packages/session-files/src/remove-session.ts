import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { bucketFolders } from '@parley/contract/names';
import type { FilesBucket } from './client.ts';
import { answered } from './errors.ts';
import { sessionKeys, type Folder, type SessionPlace } from './keys.ts';

/** Deletes every file of a session. Repeating it is harmless. @throws FilesUnavailableError */
export type RemoveSessionFiles = (session: SessionPlace) => Promise<void>;

export function createSessionFileRemover({ client, bucket }: FilesBucket): RemoveSessionFiles {
  /** A page at a time, from the beginning: what was deleted is not listed again. */
  async function removeAll(Prefix: string): Promise<void> {
    for (;;) {
      const page = await answered(
        client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix, MaxKeys: 100 })),
      );
      const keys = (page.Contents ?? []).flatMap(({ Key }) => Key ?? []);
      await Promise.all(
        keys.map((Key) => answered(client.send(new DeleteObjectCommand({ Bucket: bucket, Key })))),
      );
      if (!page.IsTruncated) return;
    }
  }

  return async (session) => {
    const folders = Object.keys(bucketFolders) as Folder[];
    await Promise.all(folders.map((folder) => removeAll(sessionKeys(folder, session))));
  };
}
