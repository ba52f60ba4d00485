import {
  DeleteObjectsCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';

export interface StoredFile {
  key: string;
  modified: Date;
}

export interface PutOptions {
  contentType: string;
  cacheControl: string;
}

/** What the publisher does with the site's bucket. */
export interface SiteBucket {
  put(key: string, body: Uint8Array | string, options: PutOptions): Promise<void>;
  /** Text of an object; undefined when there is none. */
  read(key: string): Promise<string | undefined>;
  /** Every object whose key begins so. */
  list(prefix: string): Promise<StoredFile[]>;
  /** Deletes objects. Throws when one of them cannot be deleted. */
  remove(keys: string[]): Promise<void>;
}

/** Most keys S3 deletes at once. */
const removeBatch = 1_000;

export function createSiteBucket(client: S3Client, Bucket: string): SiteBucket {
  return {
    async put(Key, Body, { contentType, cacheControl }) {
      const about = { ContentType: contentType, CacheControl: cacheControl };
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ...about }));
    },
    async read(Key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        return await Body?.transformToString();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async list(Prefix) {
      const files: StoredFile[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
        files.push(
          ...Contents.map(({ Key = '', LastModified = new Date() }) => ({
            key: Key,
            modified: LastModified,
          })),
        );
      }
      return files;
    },
    async remove(keys) {
      for (let first = 0; first < keys.length; first += removeBatch) {
        const Objects = keys.slice(first, first + removeBatch).map((Key) => ({ Key }));
        const { Errors = [] } = await client.send(
          new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
        );
        if (Errors[0]) throw new Error(`${Errors[0].Key} could not be deleted: ${Errors[0].Message}`);
      }
    },
  };
}
