import { randomUUID } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** Keeps the JSON of one tool output and answers with the key that finds it again. */
export type KeepLargeOutput = (place: { user: string; runId: string }, json: string) => Promise<string>;

export interface LargeOutputOptions {
  client: S3Client;
  bucket: string;
  /** How long the bucket may take for one output: the answer waits for it. Default 10,000. */
  timeoutMs?: number;
}

/**
 * Keeps tool output that is larger than an event in the attachments bucket, below a prefix of its
 * user, so that what may be read is decided by the key alone.
 */
export function createLargeOutputKeeper(options: LargeOutputOptions): KeepLargeOutput {
  const { client, bucket, timeoutMs = 10_000 } = options;
  return async ({ user, runId }, json) => {
    const key = `users/${encodeURIComponent(user)}/runs/${runId}/${randomUUID()}.json`;
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: json, ContentType: 'application/json' }),
      { abortSignal: AbortSignal.timeout(timeoutMs) },
    );
    return key;
  };
}
