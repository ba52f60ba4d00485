import { z } from 'zod';

/**
 * What the page in the browser is told at run time, as `/config.json` of its own origin. Written when the
 * frontend stack deploys; nothing of a stage is in the page's build.
 */
export const webConfig = z.object({
  /** Whose tokens the stage accepts, as the `iss` claim spells it. */
  issuer: z.url(),
  /** The page's public client at that issuer. */
  clientId: z.string().min(1),
  /** What to ask the issuer for, as the authorization request spells it: `openid profile parley-dev/chat`. */
  scope: z.string().min(1),
  /**
   * Where the issuer's metadata is, as an address or a path of the page's origin.
   * @default `<issuer>/.well-known/openid-configuration`
   */
  metadataUrl: z.string().min(1).optional(),
});
export type WebConfig = z.output<typeof webConfig>;

/** Path of the configuration below the page's origin. */
export const webConfigPath = '/config.json';
