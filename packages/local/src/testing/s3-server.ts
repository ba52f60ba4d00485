import { type Server, createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BucketStore } from '../aws/bucket-store.ts';
import { S3Api } from '../aws/s3-api.ts';

/** The S3 of local running on a port of its own, with one empty bucket. */
export interface TestS3 {
  bucket: string;
  /** For an S3 client, with `forcePathStyle`; and for `AWS_ENDPOINT_URL_S3` of a process under test. */
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Requests so far, as `PUT /bucket/key`. */
  requests: string[];
  /** HTTP status for each of the next requests that match; they do not reach the bucket. */
  faults: { matching: RegExp; status: number }[];
  /** What happens before each of the next requests that match is answered. */
  before: { matching: RegExp; act: () => Promise<unknown> }[];
  close(): Promise<void>;
}

export async function startTestS3(): Promise<TestS3> {
  const folder = await mkdtemp(join(tmpdir(), 'parley s3 '));
  const buckets = new BucketStore(folder);
  const bucket = 'test-bucket';
  await buckets.createBucket(bucket);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'test' };
  const s3 = new S3Api(buckets, credentials);
  const requests: string[] = [];
  const faults: TestS3['faults'] = [];
  const before: TestS3['before'] = [];
  const server = createServer((request, response) => {
    const line = `${request.method} ${(request.url ?? '').replace(/\?x-id=.*/, '')}`;
    requests.push(line);
    const answer = () => {
      const fault = takeMatching(faults, line);
      if (!fault) return s3.serve({ request, response, basePath: '' });
      request.resume().on('end', () => response.writeHead(fault.status).end());
    };
    const acted = takeMatching(before, line)?.act() ?? Promise.resolve();
    void acted.then(answer, (error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    bucket,
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials,
    requests,
    faults,
    before,
    async close() {
      await closed(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function takeMatching<T extends { matching: RegExp }>(planned: T[], line: string): T | undefined {
  const at = planned.findIndex(({ matching }) => matching.test(line));
  return at < 0 ? undefined : planned.splice(at, 1)[0];
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
