import type { IncomingMessage, ServerResponse } from 'node:http';

/** The part of S3 by which assets are published: an object is looked for, and put. */
export function s3Operation({ method, url = '' }: IncomingMessage): string {
  const { searchParams } = new URL(url, 'http://s3');
  if (method === 'PUT') return 'PutObject';
  if (searchParams.has('list-type')) return 'ListObjectsV2';
  if (searchParams.has('location')) return 'GetBucketLocation';
  return searchParams.has('encryption') ? 'GetBucketEncryption' : `${method} of S3`;
}

export function s3Answer(
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
  objects: Map<string, string>,
): void {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3');
  const bucket = pathname.split('/')[1] ?? '';
  switch (s3Operation(request)) {
    case 'PutObject':
      objects.set(decodeURIComponent(pathname.slice(1)), unframed(body, request));
      return void response.end();
    case 'ListObjectsV2': {
      const key = searchParams.get('prefix') ?? '';
      const found = objects.has(`${bucket}/${key}`)
        ? `<Contents><Key>${key}</Key><Size>1</Size></Contents>`
        : '';
      return void response.end(`<ListBucketResult><Name>${bucket}</Name>${found}</ListBucketResult>`);
    }
    case 'GetBucketLocation':
      return void response.end('<LocationConstraint>eu-west-1</LocationConstraint>');
    case 'GetBucketEncryption':
      return void response.end(
        '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>' +
          '</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>',
      );
    default:
      throw new Error(`The account in memory has no ${s3Operation(request)}.`);
  }
}

/** Without the frames of chunked uploads. */
function unframed(body: string, { headers }: IncomingMessage): string {
  if (!/aws-chunked/.test(headers['content-encoding'] ?? '')) return body;
  return body.replace(/^[0-9a-f]+\r\n/i, '').replace(/\r\n0\r\n[^]*$/, '');
}
