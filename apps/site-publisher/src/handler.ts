import { setTimeout as wait } from 'node:timers/promises';
import { describeIssues } from '@parley/contract/issues';
import { siteProperties, type SiteProperties } from '@parley/contract/site';
import { webConfig, type WebConfig } from '@parley/contract/web-config';
import type { Outcome } from '@parley/custom-resource/answer';
import type { EventEnvelope } from '@parley/custom-resource/event';
import {
  createCustomResource,
  stablePhysicalId,
  type CustomResourceHandler,
  type Invocation,
} from '@parley/custom-resource/handler';
import type { Log } from '@parley/service/log';
import { PublicationRefusedError } from './errors.ts';
import { emptyBucket, publish, removeOldFiles, type PublisherParts } from './publish.ts';
import type { SiteBucket } from './site-bucket.ts';
import { siteFiles } from './site-files.ts';

/** Where the site is published to, and what the place adds to its configuration. */
export interface Site {
  bucketName: string;
  bucket: SiteBucket;
  metadataUrl?: string | undefined;
}

export interface SitePublisherOptions {
  /** Asked for with every event, so that a broken configuration is answered too. */
  site: () => Site;
  /** Absolute folder of the built site. */
  folder: string;
  log: Log;
  /** @default the system's clock */
  clock?: () => Date;
}

/** Old files get this long; then CloudFormation is answered all the same, and the next publication goes on. */
const cleanUpMilliseconds = 8_000;

interface Work extends SitePublisherOptions, Invocation {}

/** The handler behind `Custom::ParleySite`. It never throws, and a delete never fails. */
export function createSitePublisher(options: SitePublisherOptions): CustomResourceHandler {
  return createCustomResource({
    log: options.log,
    outOfTime: 'the site could not be uploaded in time: deploy again',
    apply: (event, invocation) => apply(event, { ...options, ...invocation }),
    remove: (event, invocation) => remove(event, { ...options, ...invocation }),
    failed: (event, error, { log }) => {
      if (error instanceof PublicationRefusedError) log.warn('refused', { reason: error.message });
      else log.error('the site could not be published', error);
      const reason = error instanceof Error ? error.message : String(error);
      return { status: 'FAILED', physicalResourceId: idOf(event, options.site), reason };
    },
    removedAnyway: (event, error, { log }) => {
      log.error('the bucket could not be emptied: empty it by hand, then delete the stack again', error);
      return { status: 'SUCCESS', physicalResourceId: stablePhysicalId(event) };
    },
  });
}

async function apply(
  event: EventEnvelope,
  { site, folder, log, clock = () => new Date() }: Work,
): Promise<Outcome> {
  const properties = readProperties(event.properties);
  const { bucketName, bucket, metadataUrl } = site();
  const config = { ...readConfig(properties), ...(metadataUrl === undefined ? {} : { metadataUrl }) };
  const parts: PublisherParts = { bucket, log, clock };
  const files = await siteFiles(folder);
  await publish({ release: properties.Release, files, config }, parts);
  log.info('site published', { release: properties.Release, files: files.length });
  await within(cleanUpMilliseconds, removeOldFiles(parts));
  return { status: 'SUCCESS', physicalResourceId: physicalId(bucketName) };
}

/** Empties the bucket if the resource says so, unless the resource was that of another bucket. */
async function remove(event: EventEnvelope, { site, log }: Work): Promise<Outcome> {
  const parsed = siteProperties.safeParse(event.properties);
  const { bucketName, bucket } = site();
  const known = event.physicalResourceId;
  // A create that was never answered has an id of CloudFormation's making.
  const isOther = known?.startsWith(idPrefix) === true && known !== physicalId(bucketName);
  if (parsed.data?.EmptyOnDelete === 'true' && !isOther) {
    await emptyBucket(bucket);
    log.info('the bucket was emptied');
  }
  return { status: 'SUCCESS', physicalResourceId: stablePhysicalId(event) };
}

const idPrefix = 'site/';

/** Another bucket is another site: CloudFormation then deletes the old one. */
function physicalId(bucketName: string): string {
  return idPrefix + bucketName;
}

/** The id of a resource whose create failed: its delete has to find what was uploaded. */
function idOf(event: EventEnvelope, site: () => Site): string {
  if (event.physicalResourceId !== undefined) return event.physicalResourceId;
  try {
    return physicalId(site().bucketName);
  } catch {
    return stablePhysicalId(event);
  }
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  const done = new AbortController();
  const timeout = wait(milliseconds, undefined, { signal: done.signal }).catch(() => undefined);
  await Promise.race([work, timeout]);
  done.abort();
}

function readProperties(properties: unknown): SiteProperties {
  const parsed = siteProperties.safeParse(properties);
  if (parsed.success) return parsed.data;
  throw new PublicationRefusedError(describeIssues(parsed.error, properties));
}

function readConfig({ Config }: SiteProperties): WebConfig {
  const value = fromJson(Config);
  const parsed = webConfig.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = describeIssues(parsed.error, value);
  throw new PublicationRefusedError(problems.map((each) => ({ ...each, field: `Config.${each.field}` })));
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
