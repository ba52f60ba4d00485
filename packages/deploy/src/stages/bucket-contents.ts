import type { Cloud } from '../cloud/connect.ts';

/** What a bucket holds: objects that can be read, and old versions with the marks of deleted ones. */
export interface BucketContents {
  name: string;
  objects: number;
  versions: number;
  /** There is more than was counted. */
  isMore: boolean;
}

/** Pages that are counted; each holds 1,000. */
const pagesMax = 20;

/** Counts what is in a bucket. One that is not there holds nothing. */
export async function readBucketContents(cloud: Cloud, name: string): Promise<BucketContents> {
  const { ListObjectVersionsCommand } = await import('@aws-sdk/client-s3');
  const client = await cloud.s3();
  const contents = { name, objects: 0, versions: 0, isMore: false };
  let from: { KeyMarker?: string; VersionIdMarker?: string } = {};
  try {
    for (let pages = 0; pages < pagesMax; pages += 1) {
      const page = await client.send(new ListObjectVersionsCommand({ Bucket: name, ...from }));
      const { Versions = [], DeleteMarkers = [] } = page;
      const current = Versions.filter(({ IsLatest }) => IsLatest).length;
      contents.objects += current;
      contents.versions += Versions.length - current + DeleteMarkers.length;
      contents.isMore = page.IsTruncated === true;
      if (!contents.isMore) break;
      from = {
        ...(page.NextKeyMarker === undefined ? {} : { KeyMarker: page.NextKeyMarker }),
        ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
      };
    }
  } catch (error) {
    if (!(error instanceof Error && error.name === 'NoSuchBucket')) throw error;
  }
  return contents;
}
