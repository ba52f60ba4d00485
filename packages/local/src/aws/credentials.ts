import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** The one key pair that services, functions and signed addresses use. Its secret is made per data folder. */
export interface LocalCredentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/**
 * Whether a request names the local key. Its signature is not checked: what matters is that a page of another origin
 * cannot send this header, so that it cannot reach the imitated services.
 */
export function namesLocalKey(authorization: string | undefined, { accessKeyId }: LocalCredentials): boolean {
  return authorization?.includes(`Credential=${accessKeyId}/`) ?? false;
}

/** Signing key of Signature Version 4. @param date `YYYYMMDD` */
export function signingKey(secret: string, date: string, region: string, service: string): Buffer {
  return [date, region, service, 'aws4_request'].reduce<Buffer>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    Buffer.from(`AWS4${secret}`),
  );
}

export function hexHmac(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

export function hexHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Compare in constant time. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
