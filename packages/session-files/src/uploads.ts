import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import type { Attachment, Upload } from '@parley/contract/attachment';
import { fileBytesMax, kindOf, saidType, type MediaType } from '@parley/contract/file-type';
import type { FilesBucket } from './client.ts';
import { contentOf, contentWords, saidWords, typeByContent } from './content-type.ts';
import { answered, FileTooLargeError, NotUploadedError, RefusedFileError } from './errors.ts';
import { attachmentKey, type AttachmentPlace } from './keys.ts';

/** Seconds that a form may be sent in: a large file on a slow line takes minutes. */
export const uploadSeconds = 15 * 60;

/** What somebody wants to upload, in their words. */
export interface SaidFile {
  name: string;
  bytes: number;
  type: string;
}

/** How a file gets into the bucket: a form that the browser sends there, then a look at what came. */
export interface Uploads {
  /**
   * A form for exactly this file, which takes no other size, key or type.
   * @throws RefusedFileError, FileTooLargeError, from what is said of it
   */
  start(place: AttachmentPlace, file: SaidFile): Promise<Upload>;
  /**
   * Looks at what was uploaded, and keeps it where no form leads: it never changes again. Repeating it is harmless.
   * @throws NotUploadedError, RefusedFileError, FilesUnavailableError
   */
  finish(place: AttachmentPlace, name: string): Promise<Attachment>;
}

export function createUploads({ client, bucket }: FilesBucket): Uploads {
  /** What was uploaded; a role that may not list a whole bucket is not told that an object is missing. */
  async function isThere(Key: string): Promise<boolean> {
    const listed = await answered(
      client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: Key, MaxKeys: 1 })),
    );
    return listed.Contents?.[0]?.Key === Key;
  }

  async function uploaded(Key: string): Promise<{ said: MediaType; bytes: Uint8Array }> {
    const { ContentType, Body } = await answered(client.send(new GetObjectCommand({ Bucket: bucket, Key })));
    const bytes = (await answered(Body!.transformToByteArray())) as Uint8Array<ArrayBuffer>;
    return { said: ContentType as MediaType, bytes };
  }

  return {
    start: async (place, file) => {
      const mediaType = checkSaid(file);
      const { url, fields } = await createPresignedPost(client, {
        Bucket: bucket,
        Key: attachmentKey('uploads', place),
        Conditions: [['content-length-range', file.bytes, file.bytes]],
        Fields: { 'Content-Type': mediaType },
        Expires: uploadSeconds,
      });
      const expiresAt = new Date(Date.now() + uploadSeconds * 1_000).toISOString();
      return { id: place.id, url, fields, expiresAt };
    },
    finish: async (place, name) => {
      const key = attachmentKey('uploads', place);
      if (!(await isThere(key))) throw new NotUploadedError(name);
      const { said, bytes } = await uploaded(key);
      const content = contentOf(bytes);
      const mediaType = typeByContent(said, content);
      if (!mediaType)
        throw new RefusedFileError(name, { got: contentWords(content), expected: saidWords(said) });
      await answered(
        client.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: attachmentKey('attachments', place),
            Body: bytes,
            ContentType: mediaType,
          }),
        ),
      );
      return { id: place.id, name, mediaType, bytes: bytes.length };
    },
  };
}

function checkSaid({ name, type, bytes }: SaidFile): MediaType {
  const mediaType = saidType(name, type);
  if (!mediaType) throw new RefusedFileError(name, { got: `called ${JSON.stringify(type)}` });
  const most = fileBytesMax[kindOf(mediaType) ?? 'text'];
  if (bytes > most) throw new FileTooLargeError(name, saidWords(mediaType), { bytes, most });
  return mediaType;
}
