import * as z from 'zod';

/** A hash, cut to 16 hexadecimal digits: it tells versions of one thing apart, nothing more. */
const hash = z.string().regex(/^[0-9a-f]{16}$/);
const hashes = z.record(z.string(), hash);

/**
 * What a stack was made of. Two deploys with equal fingerprints have nothing to do. Details that would not fit are
 * left out, their hash in `digest` never: `digest` alone decides, the rest says why.
 */
export const fingerprint = z.strictObject({
  /** Over everything below. */
  digest: hash,
  /** The template, without regard to the order of its keys. */
  template: hash,
  /** Code and files, by what uses them in the stack. */
  assets: hashes.optional(),
  /** Tags of container images, by service. */
  images: z.record(z.string(), z.string()).default({}),
  /** Values of the SSM parameters it reads, by path below `/<prefix>/` (with a leading `/`: of another place). */
  inputs: hashes.optional(),
  /** The stage's settings by name; no part of `digest`, as a setting that matters is in the template. */
  settings: hashes.optional(),
});
export type Fingerprint = z.output<typeof fingerprint>;

/** What is known of a stack's last deploy. */
export const deployRecord = z.strictObject({
  v: z.literal(1),
  stack: z.string(),
  /** `started` that nothing followed means: cut. */
  outcome: z.enum(['started', 'succeeded', 'failed']),
  /** When it took this outcome. */
  at: z.iso.datetime(),
  /** Last part of the STS identity's ARN. */
  who: z.string(),
  /** Git commit that was checked out; undefined outside a repository. */
  commit: z.string().optional(),
  /** Whether files were changed and not committed. */
  dirty: z.boolean().optional(),
  /** Parley's version. */
  version: z.string(),
  fingerprint,
  /** Only with `failed`: first failing resource and its reason, cut to 300 characters. */
  reason: z.string().max(300).optional(),
  /** Functions whose code was replaced since, one by one: name → hash of the asset it has now. */
  byHand: z.record(z.string(), z.string()).optional(),
  /** Services that were put back to an earlier image since: service → tag. */
  rolledBack: z.record(z.string(), z.string()).optional(),
});
export type DeployRecord = z.output<typeof deployRecord>;

/** Greatest value of a standard SSM parameter, in bytes. */
export const recordBytesMax = 4096;

/** The record as it is stored. Details give way, the longest first, until it fits. */
export function serializeRecord(record: DeployRecord): string {
  const text = JSON.stringify(record);
  if (Buffer.byteLength(text) <= recordBytesMax) return text;
  const [longest] = (['assets', 'inputs', 'settings'] as const)
    .filter((part) => record.fingerprint[part] !== undefined)
    .toSorted((a, b) => size(record, b) - size(record, a));
  if (longest !== undefined) {
    const { [longest]: _left, ...kept } = record.fingerprint;
    return serializeRecord({ ...record, fingerprint: kept });
  }
  if (record.byHand === undefined) throw new RangeError(`The record of ${record.stack} is too long: ${text}`);
  const { byHand: _left, ...kept } = record;
  return serializeRecord(kept);
}

function size({ fingerprint: parts }: DeployRecord, part: 'assets' | 'inputs' | 'settings'): number {
  return JSON.stringify(parts[part] ?? {}).length;
}

/** What is stored for a stack: a record, or why it cannot be read (another version of Parley wrote it, say). */
export type StoredRecord = { record: DeployRecord } | { unreadable: string };

/** Never throws: what cannot be read counts as unknown, and the stack as to be deployed. */
export function parseRecord(text: string): StoredRecord {
  try {
    const parsed = deployRecord.safeParse(JSON.parse(text));
    if (parsed.success) return { record: parsed.data };
    return { unreadable: parsed.error.issues.map(issueLine).join('; ') };
  } catch {
    return { unreadable: `expected JSON, got ${JSON.stringify(text.slice(0, 40))}` };
  }
}

function issueLine({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}
