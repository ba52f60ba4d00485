import { z } from 'zod';

/** The custom resource that publishes the web site when the frontend stack deploys. */
export const siteResourceType = 'Custom::ParleySite';

/** Folder of the site's bucket that is served, and of the publisher's code that holds what to publish. */
export const siteFolder = 'site';

/** Properties of the custom resource, as CloudFormation hands them over: all text. */
export const siteProperties = z.object({
  /** Hash of the site and of the code that publishes it: the same site makes no change set. */
  Release: z.string().min(1),
  /** JSON of what the page is told at run time. */
  Config: z.string(),
  /** Whether the bucket is emptied when the resource is deleted. */
  EmptyOnDelete: z.enum(['true', 'false']),
});
export type SiteProperties = z.output<typeof siteProperties>;
