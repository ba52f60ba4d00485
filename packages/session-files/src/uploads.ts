import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import type { Attachment, Upload } from '@parley/contract/attachment';
import { fileBytesMax, kindOf, saidType, type MediaType } from '@parley/contract/file-type';
import type { FilesBucket } from './client.ts';
import { contentOf, contentWords, saidWords, typeByContent } from './content-type.ts';
import {
  answered,
  FilesUnavailableError,
  FileTooLargeError,
  NotUploadedError,
  RefusedFileError,
} from './errors.ts';
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
   * Looks at what was uploaded, and keeps it where no form leads, unless something is kept already: that never changes,
   * whatever is sent later, and is what everybody who looks is answered with. Repeating it is harmless.
   * @throws NotUploadedError, RefusedFileError, FilesUnavailableError
   */
  finish(place: AttachmentPlace, name: string): Promise<Attachment>;
}

interface StoredFile {
  mediaType: MediaType;
  bytes: Uint8Array;
}

export function createUploads({ client, bucket }: FilesBucket): Uploads {
  /** A role that may not list a whole bucket is not told that an object is missing: reading it is "access denied". */
  async function isThere(Key: string): Promise<boolean> {
    const listed = await answered(
      client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: Key, MaxKeys: 1 })),
    );
    return listed.Contents?.[0]?.Key === Key;
  }

  async function read(Key: string): Promise<StoredFile> {
    const { ContentType, Body } = await answered(client.send(new GetObjectCommand({ Bucket: bucket, Key })));
    return { mediaType: ContentType as MediaType, bytes: await answered(Body!.transformToByteArray()) };
  }

  /** What is there, if anything is; it may be deleted at any time. */
  async function find(Key: string): Promise<StoredFile | undefined> {
    if (!(await isThere(Key))) return undefined;
    try {
      return await read(Key);
    } catch (error) {
      if (error instanceof FilesUnavailableError || (await isThere(Key))) throw error;
      return undefined;
    }
  }

  /** Puts it where nothing is; answers with what stands then, if it was not deleted meanwhile. */
  async function keep(Key: string, { mediaType, bytes }: StoredFile): Promise<StoredFile | undefined> {
    const put = { Bucket: bucket, Key, Body: bytes, ContentType: mediaType, IfNoneMatch: '*' };
    try {
      await answered(client.send(new PutObjectCommand(put)));
      return { mediaType, bytes };
    } catch (error) {
      if ((error as Error).name !== 'PreconditionFailed') throw error;
      return find(Key);
    }
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
      const uploaded = await find(attachmentKey('uploads', place));
      if (!uploaded) throw new NotUploadedError(name);
      const mediaType = checkContent(name, uploaded);
      const kept = await keep(attachmentKey('attachments', place), { mediaType, bytes: uploaded.bytes });
      if (!kept) throw new NotUploadedError(name);
      return { id: place.id, name, mediaType: kept.mediaType, bytes: kept.bytes.length };
    },
  };
}

function checkContent(name: string, { mediaType: said, bytes }: StoredFile): MediaType {
  const content = contentOf(bytes);
  const mediaType = typeByContent(said, content);
  if (mediaType) return mediaType;
  throw new RefusedFileError(name, { got: contentWords(content), expected: saidWords(said) });
}

function checkSaid({ name, type, bytes }: SaidFile): MediaType {
  const mediaType = saidType(name, type);
  if (!mediaType) throw new RefusedFileError(name, { got: `called ${JSON.stringify(type)}` });
  const most = fileBytesMax[kindOf(mediaType) ?? 'text'];
  if (bytes > most) throw new FileTooLargeError(name, saidWords(mediaType), { bytes, most });
  return mediaType;
}
