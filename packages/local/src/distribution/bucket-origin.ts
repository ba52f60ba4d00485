import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { type Readable, type Transform, PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import type { BucketStore, StoredObject } from '../aws/bucket-store.ts';
import type { HeaderRules } from './header-rules.ts';

export interface BucketRequest {
  request: IncomingMessage;
  response: ServerResponse;
  bucket: string;
  key: string;
  /** Whether CloudFront may list the bucket: then S3 says of a missing object that it is missing. */
  mayList: boolean;
  /** Compress what is worth it, for a browser that takes it. */
  compress: boolean;
  headers: HeaderRules;
}

/** What S3 says of a missing object to those who may list the bucket, and to those who may not. */
const missing = s3Error('NoSuchKey', 'The specified key does not exist.');
const accessDenied = s3Error('AccessDenied', 'Access Denied');

/** Answers a request from a bucket, as CloudFront does. Never rejects. */
export async function serveFromBucket(buckets: BucketStore, asked: BucketRequest): Promise<void> {
  const { request, response, bucket, key, headers } = asked;
  const stored = await buckets.head(bucket, key).catch(() => undefined);
  if (!stored) {
    const text = asked.mayList ? missing : accessDenied;
    const about = { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(text) };
    response.writeHead(asked.mayList ? 404 : 403, headers.applyTo(about));
    return void response.end(request.method === 'HEAD' ? undefined : text);
  }
  const encoding = asked.compress ? encodingFor(request, stored) : undefined;
  const etag = encoding ? `W/"${stored.etag}"` : `"${stored.etag}"`;
  if (isKnown(request.headers['if-none-match'], stored.etag)) {
    response.writeHead(304, headers.applyTo({ etag, ...cacheControl(stored) }));
    return void response.end();
  }
  const about: OutgoingHttpHeaders = {
    'content-type': stored.contentType,
    etag,
    'last-modified': new Date(stored.modified).toUTCString(),
    ...cacheControl(stored),
    ...(asked.compress ? { vary: 'accept-encoding' } : {}),
    ...(encoding ? { 'content-encoding': encoding.name } : { 'content-length': stored.size }),
  };
  response.writeHead(200, headers.applyTo(about));
  if (request.method === 'HEAD') return void response.end();
  await send(buckets.read(bucket, stored), encoding?.transform() ?? new PassThrough(), response);
}

function s3Error(code: string, message: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}

async function send(content: Readable, through: Transform, response: ServerResponse): Promise<void> {
  await pipeline(content, through, response).catch(() => response.destroy());
}

function cacheControl({ cacheControl: value }: StoredObject): OutgoingHttpHeaders {
  return value === undefined ? {} : { 'cache-control': value };
}

function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  return (ifNoneMatch ?? '').split(',').some((each) => each.trim().replace(/^W\//, '') === `"${etag}"`);
}

interface Encoding {
  name: string;
  transform(): Transform;
}

/** In the order CloudFront prefers them. */
const encodings: Encoding[] = [
  { name: 'br', transform: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }) },
  { name: 'gzip', transform: () => createGzip() },
];
const compressible =
  /^(text\/|application\/(javascript|json|manifest\+json|wasm|xml)|image\/svg\+xml|font\/(otf|ttf))/;

/** CloudFront compresses texts of 1,000 to 10,000,000 bytes. */
function encodingFor(
  { headers }: IncomingMessage,
  { size, contentType }: StoredObject,
): Encoding | undefined {
  if (size < 1_000 || size > 10_000_000 || !compressible.test(contentType)) return undefined;
  const accepted = String(headers['accept-encoding'] ?? '')
    .split(',')
    .map((each) => each.split(';')[0]?.trim());
  return encodings.find(({ name }) => accepted.includes(name));
}
