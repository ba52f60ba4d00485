import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { AwsError } from '../errors.ts';
import type { BucketStore, StoredObject } from './bucket-store.ts';
import { type LocalCredentials, namesLocalKey } from './credentials.ts';
import { checkPostPolicy } from './post-policy.ts';
import { checkPresigned, isPresigned } from './presigned-url.ts';
import { readBody } from './wire.ts';

const bodyLimit = 100 * 1024 * 1024;
const pageSize = 1000;

export interface S3Request {
  request: IncomingMessage;
  response: ServerResponse;
  /** Path below which buckets are: '' or e.g. `/local/s3`. */
  basePath: string;
}

interface Target {
  bucket: string;
  key: string;
  url: URL;
}

/** The S3 API, path style: objects, listing, presigned addresses and uploads by form. */
export class S3Api {
  readonly #buckets: BucketStore;
  readonly #credentials: LocalCredentials;

  constructor(buckets: BucketStore, credentials: LocalCredentials) {
    this.#buckets = buckets;
    this.#credentials = credentials;
  }

  /** Answer a request. Never rejects: errors are answered as S3 answers them. */
  async serve({ request, response, basePath }: S3Request): Promise<void> {
    try {
      await this.#route(targetOf(request.url ?? '/', basePath), request, response);
    } catch (thrown) {
      sendXmlError(response, thrown, request.method === 'HEAD');
    }
  }

  async #route(target: Target, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url, key } = target;
    if (request.method === 'POST' && key === '' && !url.searchParams.has('delete')) {
      return this.#postForm(target, request, response);
    }
    this.#authorize(request, url);
    if (key === '') return this.#onBucket(target, request, response);
    if (url.searchParams.has('uploads') || url.searchParams.has('uploadId'))
      throw notOffered('multipart uploads');
    switch (request.method) {
      case 'PUT':
        return this.#putObject(target, request, response);
      case 'GET':
      case 'HEAD':
        return this.#getObject(target, request, response);
      case 'DELETE':
        await this.#buckets.remove(target.bucket, key);
        return void response.writeHead(204).end();
      default:
        throw notOffered(`${request.method} of an object`);
    }
  }

  /** Services sign each request; whoever cannot sign needs a presigned address. */
  #authorize(request: IncomingMessage, url: URL): void {
    if (isPresigned(url)) return checkPresigned(request, url, this.#credentials, new Date());
    if (namesLocalKey(request.headers.authorization, this.#credentials)) return;
    throw new AwsError('AccessDenied', 'Access Denied: the request is not signed with the local key.', 403);
  }

  async #onBucket(
    { bucket, url }: Target,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    await this.#buckets.requireBucket(bucket);
    if (request.method === 'HEAD') return void response.writeHead(200).end();
    if (request.method === 'POST') return this.#deleteMany(bucket, request, response);
    if (request.method !== 'GET') throw notOffered(`${request.method} of a bucket`);
    const prefix = url.searchParams.get('prefix') ?? '';
    const after = url.searchParams.get('continuation-token') ?? url.searchParams.get('start-after') ?? '';
    const limit = Math.min(Number(url.searchParams.get('max-keys') ?? pageSize), pageSize);
    const found = (await this.#buckets.list(bucket, prefix)).filter(({ key }) => key > after);
    const page = found.slice(0, limit);
    const more = found.length > page.length;
    sendXml(
      response,
      `<ListBucketResult><Name>${escapeXml(bucket)}</Name><Prefix>${escapeXml(prefix)}</Prefix>` +
        `<KeyCount>${page.length}</KeyCount><MaxKeys>${limit}</MaxKeys><IsTruncated>${more}</IsTruncated>` +
        (more ? `<NextContinuationToken>${escapeXml(page.at(-1)?.key ?? '')}</NextContinuationToken>` : '') +
        `${page.map(listed).join('')}</ListBucketResult>`,
    );
  }

  async #deleteMany(bucket: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = (await readBody(request, bodyLimit)).toString();
    const keys = [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map((match) => unescapeXml(match[1] ?? ''));
    await Promise.all(keys.map((key) => this.#buckets.remove(bucket, key)));
    const deleted = keys.map((key) => `<Deleted><Key>${escapeXml(key)}</Key></Deleted>`);
    sendXml(response, `<DeleteResult>${deleted.join('')}</DeleteResult>`);
  }

  async #putObject(
    { bucket, key }: Target,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (request.headers['x-amz-copy-source'] !== undefined) throw notOffered('copying an object');
    const ifAbsent = isOnlyIfAbsent(request.headers['if-none-match']);
    const raw = await readBody(request, bodyLimit);
    const chunked = String(request.headers['content-encoding'] ?? '').includes('aws-chunked');
    const metadata = Object.fromEntries(
      Object.entries(request.headers)
        .filter(([name]) => name.startsWith('x-amz-meta-'))
        .map(([name, value]) => [name.slice('x-amz-meta-'.length), String(value)]),
    );
    const contentType = request.headers['content-type'] ?? 'application/octet-stream';
    const cacheControl = request.headers['cache-control'];
    const stored = await this.#buckets.put(bucket, key, chunked ? unchunk(raw) : raw, {
      contentType,
      ...(cacheControl === undefined ? {} : { cacheControl }),
      metadata,
      ifAbsent,
    });
    response.writeHead(200, { etag: `"${stored.etag}"` }).end();
  }

  async #getObject(
    { bucket, key, url }: Target,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const stored = await this.#buckets.head(bucket, key);
    const range = rangeOf(request.headers.range, stored.size);
    const length = range ? range.end - range.start + 1 : stored.size;
    response.writeHead(range ? 206 : 200, {
      'content-type': url.searchParams.get('response-content-type') ?? stored.contentType,
      'content-length': length,
      ...(stored.cacheControl === undefined ? {} : { 'cache-control': stored.cacheControl }),
      etag: `"${stored.etag}"`,
      'last-modified': new Date(stored.modified).toUTCString(),
      'accept-ranges': 'bytes',
      // What users uploaded must not run as a page of this origin.
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
      'content-disposition': url.searchParams.get('response-content-disposition') ?? 'attachment',
      ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${stored.size}` } : {}),
      ...Object.fromEntries(
        Object.entries(stored.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]),
      ),
    });
    if (request.method === 'HEAD') return void response.end();
    await pipeline(this.#buckets.read(bucket, stored, range ?? {}), response).catch(() => undefined);
  }

  async #postForm({ bucket }: Target, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, bodyLimit);
    const { fields, file } = await parseForm(body, request.headers['content-type'] ?? '');
    checkPostPolicy({ bucket, fields, size: file.content.length }, this.#credentials, new Date());
    const key = (fields['key'] ?? '').replaceAll('${filename}', file.name);
    if (key === '') throw new AwsError('InvalidArgument', 'The form has no field named key.');
    const contentType = fields['content-type'] ?? file.type;
    const stored = await this.#buckets.put(bucket, key, file.content, { contentType, metadata: {} });
    response.setHeader('etag', `"${stored.etag}"`);
    if (fields['success_action_status'] === '201') {
      const names = `<Bucket>${escapeXml(bucket)}</Bucket><Key>${escapeXml(key)}</Key>`;
      return sendXml(response, `<PostResponse>${names}<ETag>"${stored.etag}"</ETag></PostResponse>`, 201);
    }
    response.writeHead(fields['success_action_status'] === '200' ? 200 : 204).end();
  }
}

/** @throws AwsError InvalidURI, as S3 answers */
function targetOf(address: string, basePath: string): Target {
  try {
    const url = new URL(address, 'http://s3.local');
    const [, bucket = '', ...rest] = url.pathname.slice(basePath.length).split('/');
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(rest.join('/')), url };
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

async function parseForm(body: Buffer, contentType: string) {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } })
    .formData()
    .catch((error: unknown) => {
      throw new AwsError(
        'MalformedPOSTRequest',
        `The body is not a well-formed multipart form: ${String(error)}`,
      );
    });
  const fields: Record<string, string> = {};
  for (const [name, value] of form) if (typeof value === 'string') fields[name.toLowerCase()] = value;
  const file = form.get('file');
  if (file === null) throw new AwsError('InvalidArgument', 'The form has no field named file.');
  const blob = typeof file === 'string' ? new File([file], '') : file;
  const content = Buffer.from(await blob.arrayBuffer());
  return { fields, file: { name: blob.name, type: blob.type || 'application/octet-stream', content } };
}

/** Content of a body sent in signed chunks: `<hex size>;…\r\n<bytes>\r\n` until size 0. */
function unchunk(raw: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < raw.length;) {
    const lineEnd = raw.indexOf('\r\n', at);
    const size = Number.parseInt(raw.subarray(at, lineEnd).toString(), 16);
    if (lineEnd < 0 || !(size > 0)) break;
    parts.push(raw.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

/** The one condition of a put: that there is no object. */
function isOnlyIfAbsent(ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw notOffered('If-None-Match other than "*"');
  return ifNoneMatch === '*';
}

function rangeOf(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (start > end) throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
  return { start, end };
}

function listed({ key, size, etag, modified }: StoredObject): string {
  return (
    `<Contents><Key>${escapeXml(key)}</Key><LastModified>${modified}</LastModified>` +
    `<ETag>"${etag}"</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`
  );
}

function notOffered(what: string): AwsError {
  return new AwsError('NotImplemented', `Local running does not offer ${what}.`, 501);
}

function sendXml(response: ServerResponse, xml: string, status = 200): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`;
  response.writeHead(status, {
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

function sendXmlError(response: ServerResponse, thrown: unknown, headOnly: boolean): void {
  if (response.headersSent) return void response.destroy();
  const known = thrown instanceof AwsError ? thrown : new AwsError('InternalError', String(thrown), 500);
  if (headOnly) return void response.writeHead(known.status).end();
  sendXml(
    response,
    `<Error><Code>${known.code}</Code><Message>${escapeXml(known.message)}</Message></Error>`,
    known.status,
  );
}

function escapeXml(text: string): string {
  const names: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => names[character] ?? character);
}

function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
