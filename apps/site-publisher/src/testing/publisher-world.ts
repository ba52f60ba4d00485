import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { siteResourceType } from '@parley/contract/site';
import type { WebConfig } from '@parley/contract/web-config';
import {
  cloudFormationEvent,
  deliver,
  invocation,
  stackId,
  startAnswerAddress,
  type Answer,
  type AnswerAddress,
} from '@parley/custom-resource/testing';
import { startTestS3, type TestS3 } from '@parley/local/testing/s3';
import { createLog } from '@parley/service/log';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createSitePublisher, type Site } from '../handler.ts';
import { createSiteBucket } from '../site-bucket.ts';

export const config: WebConfig = {
  issuer: 'https://id.test/pool',
  clientId: 'page',
  scope: 'openid profile parley-test/chat',
};

export interface SendOptions {
  /** @default the release that was written last */
  release?: string;
  properties?: Record<string, unknown>;
  physicalResourceId?: string;
  /** Milliseconds the function has. @default 30 s */
  milliseconds?: number;
}

/** A publisher over a real S3 endpoint, a site that changes, a clock, and the CloudFormation that sends it events. */
export class PublisherWorld {
  s3!: TestS3;
  address!: AnswerAddress;
  client!: S3Client;
  /** Folder of the built site. */
  folder = '';
  now = new Date();
  lines: string[] = [];
  site!: () => Site;
  #release = '';

  static async start(): Promise<PublisherWorld> {
    const world = new PublisherWorld();
    [world.s3, world.address] = await Promise.all([startTestS3(), startAnswerAddress()]);
    world.folder = await mkdtemp(join(tmpdir(), 'parley site '));
    world.client = new S3Client({
      endpoint: world.s3.endpoint,
      credentials: world.s3.credentials,
      region: 'us-east-1',
      forcePathStyle: true,
      maxAttempts: 1,
    });
    const bucket = createSiteBucket(world.client, world.s3.bucket);
    world.site = () => ({ bucketName: world.s3.bucket, bucket });
    return world;
  }

  async close(): Promise<void> {
    this.client.destroy();
    await Promise.all([this.s3.close(), this.address.close()]);
    await rm(this.folder, { recursive: true });
  }

  /** Puts a built site of this release in place of the one before. */
  async build(release: string, files: Record<string, string> = {}): Promise<void> {
    this.#release = release;
    await rm(this.folder, { recursive: true });
    const all = {
      'index.html': `<script src="/assets/index-${release}.js"></script>`,
      [`assets/index-${release}.js`]: `// ${release}`,
      ...files,
    };
    for (const [path, text] of Object.entries(all)) {
      await mkdir(dirname(join(this.folder, path)), { recursive: true });
      await writeFile(join(this.folder, path), text);
    }
  }

  pass(days: number): void {
    this.now = new Date(this.now.getTime() + days * 24 * 3_600_000);
  }

  async send(type: 'Create' | 'Update' | 'Delete', options: SendOptions = {}): Promise<Answer> {
    const handler = createSitePublisher({
      site: () => this.site(),
      folder: this.folder,
      log: createLog({ write: (line) => this.lines.push(line) }),
      clock: () => this.now,
    });
    const event = cloudFormationEvent(this.address, {
      type,
      resourceType: siteResourceType,
      stackId: stackId('parley-test-frontend'),
      logicalResourceId: 'Publication',
      physicalResourceId: options.physicalResourceId,
      properties: {
        ServiceToken: 'arn',
        Release: options.release ?? this.#release,
        Config: JSON.stringify(config),
        EmptyOnDelete: 'true',
        ...options.properties,
      },
    });
    return deliver(handler, this.address, event, invocation(options.milliseconds));
  }

  async keys(): Promise<string[]> {
    const { Contents = [] } = await this.client.send(new ListObjectsV2Command({ Bucket: this.s3.bucket }));
    return Contents.map(({ Key = '' }) => Key);
  }

  async read(Key: string): Promise<string | undefined> {
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.s3.bucket, Key }));
    return Body?.transformToString();
  }

  /** How browsers and CloudFront are told to take an object. */
  async about(Key: string): Promise<{ type: string | undefined; cache: string | undefined }> {
    const head = await this.client.send(new HeadObjectCommand({ Bucket: this.s3.bucket, Key }));
    return { type: head.ContentType, cache: head.CacheControl };
  }

  /** Keys put since the last call, in their order. */
  takePuts(): string[] {
    const puts = this.s3.requests.filter((line) => line.startsWith('PUT '));
    this.s3.requests.length = 0;
    return puts.map((line) => line.slice(`PUT /${this.s3.bucket}/`.length));
  }
}
