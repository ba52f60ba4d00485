import type { IncomingMessage } from 'node:http';
import { AwsError } from '../errors.ts';
import { type LocalCredentials, hexHash, hexHmac, sameText, signingKey } from './credentials.ts';

/** Whether the request carries its signature in its address. */
export function isPresigned(url: URL): boolean {
  return url.searchParams.has('X-Amz-Signature');
}

/**
 * Check a presigned address: key, signature and expiry.
 * @throws AwsError as S3 answers
 */
export function checkPresigned(
  request: IncomingMessage,
  url: URL,
  credentials: LocalCredentials,
  now: Date,
): void {
  const value = (name: string): string => url.searchParams.get(name) ?? '';
  const [accessKeyId, date = '', region = '', service = ''] = value('X-Amz-Credential').split('/');
  if (accessKeyId !== credentials.accessKeyId) {
    throw new AwsError('InvalidAccessKeyId', 'The access key of this address is not the local one.', 403);
  }
  const expires = amzDate(value('X-Amz-Date')).getTime() + Number(value('X-Amz-Expires')) * 1000;
  if (!(now.getTime() <= expires)) throw new AwsError('AccessDenied', 'Request has expired', 403);
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', value('X-Amz-Date'), scope, hexHash(canonicalRequest(request, url))].join(
    '\n',
  );
  const expected = hexHmac(signingKey(credentials.secretAccessKey, date, region, service), text);
  if (!sameText(expected, value('X-Amz-Signature'))) {
    throw new AwsError('SignatureDoesNotMatch', 'The signature of this address does not match.', 403);
  }
}

/** The moment written as `YYYYMMDDTHHMMSSZ`. */
export function amzDate(text: string): Date {
  return new Date(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function canonicalRequest(request: IncomingMessage, url: URL): string {
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const signed = (url.searchParams.get('X-Amz-SignedHeaders') ?? '').split(';');
  const headers = signed.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`).join('');
  const payload = url.searchParams.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD';
  return [request.method, url.pathname, query, headers, signed.join(';'), payload].join('\n');
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
