import { randomUUID } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { FilesBucket } from './client.ts';
import { sessionKeys, type SessionPlace } from './keys.ts';

/** Keeps the JSON of one tool output and answers with the key that finds it again. */
export type KeepLargeOutput = (place: SessionPlace & { runId: string }, json: string) => Promise<string>;

export interface LargeOutputOptions extends FilesBucket {
  /** How long the bucket may take for one output: the answer waits for it. Default 10,000. */
  timeoutMs?: number;
}

/** Keeps tool output that is larger than an event, among the files of its session. */
export function createLargeOutputKeeper({
  client,
  bucket,
  timeoutMs = 10_000,
}: LargeOutputOptions): KeepLargeOutput {
  return async ({ runId, ...session }, json) => {
    const key = `${sessionKeys('outputs', session)}${runId}/${randomUUID()}.json`;
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: json, ContentType: 'application/json' }),
      { abortSignal: AbortSignal.timeout(timeoutMs) },
    );
    return key;
  };
}
