import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/** The bucket that a stage keeps its sessions' files in. */
export interface FilesBucket {
  client: S3Client;
  bucket: string;
}

/**
 * The S3 client that entry points use. Region, credentials and endpoint come from where the SDK finds them. A call
 * gets 2 s to connect and 10 s to answer, and 3 attempts: a person waits for each.
 */
export function createFilesClient(config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
    ...config,
  });
}
