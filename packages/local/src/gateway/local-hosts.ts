/**
 * Whether a Host header names this machine. Anything else may be a page on the internet that had its own name
 * resolve to 127.0.0.1.
 */
export function isLocalHost(host: string | undefined): boolean {
  const name = (host ?? '').toLowerCase().replace(/:\d+$/, '');
  return name === 'localhost' || name === '127.0.0.1' || name === '[::1]' || name.endsWith('.localhost');
}

/** Whether an address is one of this machine's, by loopback host and plain HTTP. */
export function isLoopbackUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === 'http:' && isLocalHost(url.host) && url.username === '' && url.password === '';
}
