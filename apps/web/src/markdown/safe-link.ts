const allowed = new Set(['http:', 'https:', 'mailto:']);

/** The address of a link that a model wrote, if following it can do no more than open a page or a mail. */
export function safeLink(href: string): string | undefined {
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  return allowed.has(url.protocol) ? url.href : undefined;
}
