import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Of credentials for a while, as a task's role has them. */
  sessionToken?: string | undefined;
}

/** A POST of text to the root of a service. */
export interface SignedCall {
  service: string;
  region: string;
  /** By lower-case name, in alphabetical order; with `host`, and with what `dateHeaders` gave. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** The headers of a signed call that depend on who calls, and when. `x-amz-date` sorts before the token. */
export function dateHeaders({ sessionToken }: Credentials, now: Date): Record<string, string> {
  const date = now.toISOString().replace(/[-:]|\.\d+/g, '');
  return { 'x-amz-date': date, ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }) };
}

/**
 * The header `authorization` of a call, by AWS's Signature Version 4.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createSigner(): (credentials: Credentials, call: SignedCall) => string {
  let cached: { secret: string; scope: string; key: KeyObject } | undefined;
  return (credentials, { service, region, headers, body }) => {
    const date = headers['x-amz-date'] ?? '';
    const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
    const secret = credentials.secretAccessKey;
    if (cached?.scope !== scope || cached.secret !== secret) {
      cached = { secret, scope, key: signingKey(secret, scope) };
    }
    const names = Object.keys(headers);
    const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
    const signedHeaders = names.join(';');
    const request = `POST\n/\n\n${lines}\n${signedHeaders}\n${hash('sha256', body, 'hex')}`;
    const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', request, 'hex')}`;
    const signature = createHmac('sha256', cached.key).update(text).digest('hex');
    const credential = `Credential=${credentials.accessKeyId}/${scope}`;
    return `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  };
}

/** Of a day, a region and a service. As a key object: measured, signing by its bytes takes seven times as long. */
function signingKey(secret: string, scope: string): KeyObject {
  const key = scope
    .split('/')
    .reduce((above, part) => createHmac('sha256', above).update(part).digest(), Buffer.from(`AWS4${secret}`));
  return createSecretKey(key);
}
