import { readFile } from 'node:fs/promises';
import { siteFolder } from '@parley/contract/site';
import { webConfigPath, type WebConfig } from '@parley/contract/web-config';
import type { Log } from '@parley/service/log';
import { contentTypeOf } from './content-type.ts';
import { history, keepMilliseconds, withRelease, type History } from './releases.ts';
import type { SiteBucket } from './site-bucket.ts';
import type { SiteFile } from './site-files.ts';

/** Key of the history: beside the served folder, so that nobody can fetch it. */
export const historyKey = 'releases.json';

const immutable = 'public, max-age=31536000, immutable';
/** Kept by nobody without asking. */
const revalidated = 'no-cache';
/** Uploads at a time: the site's many small files wait for the network, not for the processor. */
const uploadsAtOnce = 8;

export interface Publication {
  release: string;
  files: SiteFile[];
  config: WebConfig;
}

export interface PublisherParts {
  bucket: SiteBucket;
  log: Log;
  clock: () => Date;
}

/**
 * Publishes a site so that no page ever asks for a file that is not there: what pages need first, the page
 * itself last; and nothing is deleted that a page opened in the last days may still ask for. Nothing waits for
 * the content delivery network, which keeps only files whose name has their hash.
 */
export async function publish(publication: Publication, parts: PublisherParts): Promise<void> {
  const { files, config } = publication;
  const { bucket } = parts;
  const before = await readHistory(parts);
  for (const kind of ['asset', 'other'] as const) await upload(bucket, files, kind);
  const after = withRelease(before, {
    id: publication.release,
    publishedAt: parts.clock().toISOString(),
    files: files.map(({ path }) => path),
  });
  await bucket.put(historyKey, JSON.stringify(after), {
    contentType: 'application/json',
    cacheControl: revalidated,
  });
  await bucket.put(siteFolder + webConfigPath, JSON.stringify(config), {
    contentType: 'application/json',
    cacheControl: revalidated,
  });
  await upload(bucket, files, 'page');
}

async function upload(bucket: SiteBucket, files: SiteFile[], kind: SiteFile['kind']): Promise<void> {
  const waiting = files.filter((file) => file.kind === kind);
  const worker = async (): Promise<void> => {
    for (let file = waiting.pop(); file; file = waiting.pop()) {
      await bucket.put(`${siteFolder}/${file.path}`, await readFile(file.source), {
        contentType: contentTypeOf(file.path),
        cacheControl: kind === 'asset' ? immutable : revalidated,
      });
    }
  };
  await Promise.all(Array.from({ length: uploadsAtOnce }, worker));
}

/** The history; where it is missing or unreadable, whatever is there counts as the release before this one. */
async function readHistory({ bucket, log, clock }: PublisherParts): Promise<History> {
  const parsed = history.safeParse(asJson(await bucket.read(historyKey)));
  if (parsed.success) return parsed.data;
  const stored = await bucket.list(`${siteFolder}/`);
  if (stored.length === 0) return { version: 1, releases: [] };
  log.warn('the history of releases cannot be read: everything that is there is kept for now');
  const files = stored.map(({ key }) => key.slice(siteFolder.length + 1));
  return { version: 1, releases: [{ id: 'unknown', publishedAt: clock().toISOString(), files }] };
}

/**
 * Deletes what no release of the history has. Called once the new site is served; a failure is only logged,
 * since the next publication tries again.
 */
export async function removeOldFiles({ bucket, log, clock }: PublisherParts): Promise<void> {
  try {
    const { releases } = history.parse(asJson(await bucket.read(historyKey)));
    const needed = new Set([webConfigPath.slice(1), ...releases.flatMap(({ files }) => files)]);
    const old = (await bucket.list(`${siteFolder}/`))
      .filter(({ key }) => !needed.has(key.slice(siteFolder.length + 1)))
      // A publication that was cut left files that no history names; the next one may need them.
      .filter(({ modified }) => clock().getTime() - modified.getTime() >= keepMilliseconds);
    await bucket.remove(old.map(({ key }) => key));
    log.info('old files deleted', { count: old.length });
  } catch (error) {
    log.error('old files could not be deleted: the next publication tries again', error);
  }
}

/** Deletes everything that is in the bucket. */
export async function emptyBucket(bucket: SiteBucket): Promise<void> {
  await bucket.remove((await bucket.list('')).map(({ key }) => key));
}

function asJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
