import { env } from '@parley/contract/names';
import { readConfig, setting, text } from '@parley/service/config';

/** Configuration of the publisher. Throws `ConfigurationError` naming what is missing. */
export function sitePublisherConfig() {
  return readConfig(
    {
      bucket: setting(env.siteBucket, text),
      /** For the page: only where the issuer's metadata is not at its usual place, as in local running. */
      metadataUrl: setting(env.authMetadataUrl, text.optional()),
    },
    process.env,
  );
}
