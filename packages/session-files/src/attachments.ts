import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import type { FilesBucket } from './client.ts';
import { answered, FileGoneError } from './errors.ts';
import { attachmentKey, type AttachmentPlace } from './keys.ts';

/** Reads attachments that were looked at. Who may, the caller has decided: the place names a guarded session. */
export interface Attachments {
  read(place: AttachmentPlace): Promise<Uint8Array<ArrayBuffer>>;
}

/** @throws FilesUnavailableError, FileGoneError */
export function createAttachments({ client, bucket }: FilesBucket): Attachments {
  return {
    read: async (place) => {
      const Key = attachmentKey('attachments', place);
      const { Body } = await answered(client.send(new GetObjectCommand({ Bucket: bucket, Key }))).catch(
        (cause: unknown) => {
          throw cause instanceof NoSuchKey ? new FileGoneError(place.id, { cause }) : cause;
        },
      );
      return (await answered(Body!.transformToByteArray())) as Uint8Array<ArrayBuffer>;
    },
  };
}
