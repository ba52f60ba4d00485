import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { join } from 'node:path';
import { AwsError } from '../errors.ts';

export interface StoredObject {
  key: string;
  size: number;
  etag: string;
  contentType: string;
  cacheControl?: string;
  modified: string;
  metadata: Record<string, string>;
}

export interface PutOptions extends Pick<StoredObject, 'contentType' | 'cacheControl' | 'metadata'> {
  /** Refuse to replace an object. Default: replace it. */
  ifAbsent?: boolean;
}

/** Buckets as folders. An object is two files named by the hash of its key: any key is a valid name. */
export class BucketStore {
  readonly #folder: string;
  readonly #changes = new Map<string, Promise<unknown>>();

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'buckets');
  }

  async createBucket(bucket: string): Promise<void> {
    await mkdir(join(this.#folder, bucket), { recursive: true });
  }

  /** Delete a bucket with all that is in it. */
  async removeBucket(bucket: string): Promise<void> {
    await rm(join(this.#folder, bucket), { recursive: true, force: true });
  }

  /** @throws AwsError NoSuchBucket */
  async requireBucket(bucket: string): Promise<void> {
    const found =
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) && (await exists(join(this.#folder, bucket)));
    if (!found) throw new AwsError('NoSuchBucket', `The bucket ${bucket} does not exist.`, 404);
  }

  /**
   * Store a whole object: a reader sees the old one or the new one, never a part.
   * @throws AwsError PreconditionFailed, with `ifAbsent`, when there is one
   */
  async put(
    bucket: string,
    key: string,
    body: Buffer,
    { ifAbsent = false, ...about }: PutOptions,
  ): Promise<StoredObject> {
    await this.requireBucket(bucket);
    const etag = createHash('md5').update(body).digest('hex');
    const name = this.#name(bucket, key);
    return this.#inTurn(name, async () => {
      const before = await this.head(bucket, key).catch(() => undefined);
      if (ifAbsent && before) throw preconditionFailed();
      const stored = { key, size: body.length, etag, modified: new Date().toISOString(), ...about };
      await replace(`${name}.${etag}`, body);
      await replace(`${name}.json`, Buffer.from(JSON.stringify(stored)));
      if (before && before.etag !== etag) await rm(`${name}.${before.etag}`, { force: true });
      return stored;
    });
  }

  /** @throws AwsError NoSuchKey */
  async head(bucket: string, key: string): Promise<StoredObject> {
    await this.requireBucket(bucket);
    try {
      return JSON.parse(await readFile(`${this.#name(bucket, key)}.json`, 'utf8')) as StoredObject;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new AwsError('NoSuchKey', `The bucket ${bucket} has no object ${key}.`, 404);
    }
  }

  /** Content of an object, or of its bytes `start` to `end` (both included). */
  read(bucket: string, stored: StoredObject, range: { start?: number; end?: number } = {}): Readable {
    return createReadStream(`${this.#name(bucket, stored.key)}.${stored.etag}`, range);
  }

  async remove(bucket: string, key: string): Promise<void> {
    const name = this.#name(bucket, key);
    await this.#inTurn(name, async () => {
      const stored = await this.head(bucket, key).catch(() => undefined);
      if (!stored) return;
      await rm(`${name}.json`, { force: true });
      await rm(`${name}.${stored.etag}`, { force: true });
    });
  }

  /** All objects whose key begins with `prefix`, sorted by key. */
  async list(bucket: string, prefix: string): Promise<StoredObject[]> {
    await this.requireBucket(bucket);
    const folder = join(this.#folder, bucket);
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    const all = await Promise.all(
      names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as StoredObject),
    );
    return all.filter(({ key }) => key.startsWith(prefix)).sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Changes of one object come one after another, as each depends on what stands before. One process has the folder. */
  async #inTurn<T>(name: string, change: () => Promise<T>): Promise<T> {
    const mine = (this.#changes.get(name) ?? Promise.resolve()).then(change, change);
    this.#changes.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.#changes.get(name) === mine) this.#changes.delete(name);
    }
  }

  #name(bucket: string, key: string): string {
    return join(this.#folder, bucket, createHash('sha256').update(key).digest('hex'));
  }
}

function preconditionFailed(): AwsError {
  return new AwsError(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    412,
  );
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function replace(path: string, content: Buffer): Promise<void> {
  const beside = `${path}.${randomUUID()}.new`;
  await writeFile(beside, content, { mode: 0o600 });
  const file = await open(beside, 'r');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}
