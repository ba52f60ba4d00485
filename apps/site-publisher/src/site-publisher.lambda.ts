import { S3Client } from '@aws-sdk/client-s3';
import { siteFolder } from '@parley/contract/site';
import { createLog } from '@parley/service/log';
import { join } from 'node:path';
import { sitePublisherConfig } from './config.ts';
import { createSitePublisher, type Site } from './handler.ts';
import { createSiteBucket } from './site-bucket.ts';

let connected: Site | undefined;

function site(): Site {
  if (connected) return connected;
  const { bucket: bucketName, metadataUrl } = sitePublisherConfig();
  connected = { bucketName, bucket: createSiteBucket(new S3Client({}), bucketName), metadataUrl };
  return connected;
}

/** Custom resource handler of `Custom::ParleySite`. The site lies beside it in its code. */
export const handler = createSitePublisher({
  site,
  folder: join(import.meta.dirname, siteFolder),
  log: createLog({ fields: { service: 'site-publisher' } }),
});
