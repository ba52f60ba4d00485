import type { Cloud } from '../../cloud/connect.ts';

/** Objects between two reports of how far it is. */
const reportEvery = 10_000;

/**
 * Deletes every object of a bucket, old versions and markers included. A bucket that is gone is no error.
 * @param progress told how many are deleted, each 10,000
 * @returns how many it deleted
 */
export async function emptyBucket(
  cloud: Cloud,
  bucket: string,
  progress: (deleted: number) => void = () => {},
): Promise<number> {
  const { DeleteObjectsCommand, ListObjectVersionsCommand } = await import('@aws-sdk/client-s3');
  const client = await cloud.s3();
  try {
    for (let deleted = 0; ;) {
      // What was listed is gone by the next look, so the first page is always the next one.
      const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
      const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(
        ({ Key = '', VersionId }) => ({ Key, VersionId }),
      );
      if (Objects.length === 0) return deleted;
      const Delete = { Objects, Quiet: true };
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
      const [first] = Errors;
      if (first) throw new Error(`${bucket}/${first.Key} could not be deleted: ${first.Message}`);
      const before = deleted;
      deleted += Objects.length;
      if (Math.floor(before / reportEvery) < Math.floor(deleted / reportEvery)) progress(deleted);
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchBucket') return 0;
    throw error;
  }
}
