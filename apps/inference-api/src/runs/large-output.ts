import { randomUUID } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** Keeps the JSON of one tool output and answers with the key that finds it again. */
export type KeepLargeOutput = (place: { user: string; runId: string }, json: string) => Promise<string>;

/**
 * Keeps tool output that is larger than an event in the attachments bucket, below a prefix of its
 * user, so that what may be read is decided by the key alone.
 */
export function createLargeOutputKeeper({
  client,
  bucket,
}: {
  client: S3Client;
  bucket: string;
}): KeepLargeOutput {
  return async ({ user, runId }, json) => {
    const key = `users/${encodeURIComponent(user)}/runs/${runId}/${randomUUID()}.json`;
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: json, ContentType: 'application/json' }),
    );
    return key;
  };
}
