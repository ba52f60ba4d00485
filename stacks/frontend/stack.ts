import { parleyApp } from '@parley/cdk/parley-app';
import type { ParleyStack } from '@parley/cdk/parley-stack';
import { readParameter, writeParameter } from '@parley/cdk/shared-parameter';
import { Aws } from 'aws-cdk-lib/core';
import { ssmPath } from '@parley/contract/names';
import { createDistribution } from './distribution.ts';
import { createPageClient, issuerOf } from './page-client.ts';
import { createSiteBucket, publishSite } from './site.ts';

/** The page in the browser, and the one address at which it and every service are reached. */
export const app = parleyApp(import.meta, (stack) => {
  const { prefix, settings } = stack;
  const issuer = issuerOf(stack);
  const bucket = createSiteBucket(stack);
  const { distributionDomainName } = createDistribution(stack, bucket, [
    ...issuer.origins,
    attachmentsOrigin(stack),
  ]);
  const url = `https://${settings.site?.domain ?? distributionDomainName}`;
  const client = createPageClient(stack, issuer, [url, `https://${distributionDomainName}`]);
  publishSite(stack, bucket, client);

  writeParameter(stack, ssmPath.frontend(prefix, 'url'), url);
  writeParameter(stack, ssmPath.frontend(prefix, 'distribution-domain'), distributionDomainName);
});

/** Where pages send what is attached: the address that S3's client signs forms for. */
function attachmentsOrigin(stack: ParleyStack): string {
  const bucket = readParameter(stack, ssmPath.registry(stack.prefix, 'attachments-bucket'));
  return `https://${bucket}.s3.${stack.region}.${Aws.URL_SUFFIX}`;
}
