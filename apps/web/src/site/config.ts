/** What the site is told at run time by `/config.json`; nothing of it is in the build. */
export interface SiteConfig {
  issuer: string;
  clientId: string;
  scope: string;
  /** May be relative to the page's origin. Default: the issuer's well-known address. */
  metadataUrl?: string;
}

export async function readSiteConfig(fetcher: typeof fetch = fetch): Promise<SiteConfig> {
  // As the page asks for it beforehand, so that there is one request; the server says that it is not to be kept.
  const response = await fetcher('/config.json');
  const body: unknown = response.ok ? await response.json().catch(() => undefined) : undefined;
  if (!isSiteConfig(body)) {
    throw new Error(
      `/config.json answered ${response.status} and not a configuration: expected issuer, clientId and scope. ` +
        'Deploy the frontend stack again, or look at what it published.',
    );
  }
  return body;
}

function isSiteConfig(body: unknown): body is SiteConfig {
  const { issuer, clientId, scope } = (body ?? {}) as Record<string, unknown>;
  return [issuer, clientId, scope].every((value) => typeof value === 'string' && value !== '');
}
