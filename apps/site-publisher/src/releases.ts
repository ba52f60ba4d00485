import { z } from 'zod';

const release = z.object({
  id: z.string(),
  /** ISO 8601 time at which it took the place of the one before. */
  publishedAt: z.iso.datetime(),
  /** Paths of its files below the site. */
  files: z.array(z.string()),
});
export type Release = z.output<typeof release>;

/** What has been published lately, the newest first: kept in the bucket, out of the site's folder. */
export const history = z.object({ version: z.literal(1), releases: z.array(release) });
export type History = z.output<typeof history>;

/** How long a page that is open may still ask for the files of a release that has been replaced. */
export const keepMilliseconds = 7 * 24 * 3_600_000;
/** Releases that are kept whatever their age, so that a rollback finds its files. */
const keepReleases = 3;

/** The history after a release, without the releases that nobody needs any more. */
export function withRelease({ releases }: History, next: Release): History {
  const [newest, ...older] = releases;
  // The same site again, with another configuration: nothing was replaced.
  const all =
    newest?.id === next.id ? [{ ...next, publishedAt: newest.publishedAt }, ...older] : [next, ...releases];
  return { version: 1, releases: all.filter((_, i) => isNeeded(all, i, next.publishedAt)) };
}

function isNeeded(releases: Release[], i: number, now: string): boolean {
  const successor = releases[i - 1];
  if (i < keepReleases || !successor) return true;
  return Date.parse(now) - Date.parse(successor.publishedAt) < keepMilliseconds;
}
