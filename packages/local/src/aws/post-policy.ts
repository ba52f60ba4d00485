import * as z from 'zod';
import { AwsError } from '../errors.ts';
import { type LocalCredentials, hexHmac, sameText, signingKey } from './credentials.ts';

const condition = z.union([
  z.tuple([z.literal('content-length-range'), z.number(), z.number()]),
  z.tuple([z.enum(['eq', 'starts-with']), z.string(), z.string()]),
  z.record(z.string(), z.string()),
]);
const policy = z.object({ expiration: z.string(), conditions: z.array(condition) });

export interface PostForm {
  bucket: string;
  /** Form fields by lower-case name, without the file. */
  fields: Record<string, string>;
  /** Bytes of the file. */
  size: number;
}

const freeFields = new Set(['policy', 'x-amz-signature', 'file']);

/**
 * Check an upload by HTML form against its signed policy: signature, expiry, every condition, and that every
 * field is covered by one.
 * @throws AwsError as S3 answers
 */
export function checkPostPolicy(
  { bucket, fields, size }: PostForm,
  credentials: LocalCredentials,
  now: Date,
): void {
  const encoded = fields['policy'];
  if (encoded === undefined) throw denied('The form has no policy.');
  checkSignature(encoded, fields, credentials);
  const { expiration, conditions } = policy.parse(JSON.parse(Buffer.from(encoded, 'base64').toString()));
  if (!(now.getTime() < Date.parse(expiration))) throw denied('Invalid according to Policy: Policy expired.');
  const values: Record<string, string> = { ...fields, bucket };
  const covered = new Set(['bucket']);
  for (const item of conditions) {
    if (!Array.isArray(item)) {
      for (const [name, value] of Object.entries(item))
        checkField(['eq', `$${name}`, value], values, covered);
    } else if (item[0] === 'content-length-range') checkSize(size, item[1], item[2]);
    else checkField(item, values, covered);
  }
  const extra = Object.keys(fields).find(
    (name) => !covered.has(name) && !freeFields.has(name) && !name.startsWith('x-ignore-'),
  );
  if (extra !== undefined) throw denied(`Invalid according to Policy: Extra input fields: ${extra}`);
}

function checkField(
  [operator, named, wanted]: ['eq' | 'starts-with', string, string],
  values: Record<string, string>,
  covered: Set<string>,
): void {
  const name = named.replace(/^\$/, '').toLowerCase();
  const value = values[name] ?? '';
  covered.add(name);
  if (operator === 'eq' ? value === wanted : value.startsWith(wanted)) return;
  throw denied(
    `Invalid according to Policy: Policy Condition failed: ["${operator}", "${named}", "${wanted}"]`,
  );
}

function checkSize(size: number, least: number, most: number): void {
  if (size > most)
    throw new AwsError('EntityTooLarge', `Your upload of ${size} bytes exceeds the maximum of ${most}.`);
  if (size < least)
    throw new AwsError('EntityTooSmall', `Your upload of ${size} bytes is below the minimum of ${least}.`);
}

function checkSignature(
  encoded: string,
  fields: Record<string, string>,
  credentials: LocalCredentials,
): void {
  const [accessKeyId, date = '', region = '', service = ''] = (fields['x-amz-credential'] ?? '').split('/');
  if (accessKeyId !== credentials.accessKeyId)
    throw denied('The access key of this form is not the local one.');
  const expected = hexHmac(signingKey(credentials.secretAccessKey, date, region, service), encoded);
  if (!sameText(expected, fields['x-amz-signature'] ?? '')) {
    throw new AwsError('SignatureDoesNotMatch', 'The signature of this form does not match its policy.', 403);
  }
}

function denied(message: string): AwsError {
  return new AwsError('AccessDenied', message, 403);
}
