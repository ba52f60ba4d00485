import type { Page } from 'playwright-core';

/** A script as a page got it. */
export interface WireScript {
  path: string;
  /** Compressed, as it was served. */
  bytes: number;
}

/** The most that the first load may bring of compressed JavaScript, in bytes. */
export const firstLoadBytesMax = 300 * 1024;

/** The scripts that a page fetches during a visit. */
export async function scriptsDuring(page: Page, visit: () => Promise<unknown>): Promise<WireScript[]> {
  const scripts: Promise<WireScript>[] = [];
  const listen = (request: Awaited<ReturnType<Page['waitForRequest']>>): void => {
    if (request.resourceType() !== 'script') return;
    const path = new URL(request.url()).pathname;
    scripts.push(request.sizes().then(({ responseBodySize }) => ({ path, bytes: responseBodySize })));
  };
  page.on('requestfinished', listen);
  await visit();
  page.off('requestfinished', listen);
  return Promise.all(scripts);
}

export function totalBytes(scripts: readonly WireScript[]): number {
  return scripts.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** What must stand on a page before somebody can use it: CSS selector, and how many there must be. */
export type Usable = Readonly<Record<string, number>>;

/**
 * Milliseconds from the start of a navigation to the first frame in which all of it is there, not disabled, and
 * what a finger at its middle would touch.
 */
export async function timeToUsable(page: Page, url: string, usable: Usable): Promise<number> {
  await page.goto(url, { waitUntil: 'commit' });
  return page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const isTouchable = (element: Element): boolean => {
          const { x, y, width, height } = element.getBoundingClientRect();
          const touched = document.elementFromPoint(x + width / 2, y + height / 2);
          return touched !== null && (element.contains(touched) || touched.contains(element));
        };
        const isThere = ([selector, count]: [string, number]): boolean => {
          const found = [...document.querySelectorAll(`${selector}:not(:disabled)`)];
          return found.length >= count && found.some(isTouchable);
        };
        const look = (): void => {
          if (Object.entries(wanted).every(isThere)) resolve(performance.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
    usable,
  );
}

/**
 * The same for the least a page can do that knows its user: a document without scripts, then one request with
 * the user's token. What is left of any page's time after this is the page's own.
 */
export async function timeToLeast(page: Page, url: string): Promise<number> {
  await page.goto(new URL('/config.json', url).href, { waitUntil: 'commit' });
  return page.evaluate(async () => {
    const tokens = JSON.parse(sessionStorage.getItem('parley:tokens') ?? '{}') as { access?: string };
    const answer = await fetch('/api/me', { headers: { authorization: `Bearer ${tokens.access}` } });
    if (!answer.ok)
      throw new Error(`/api/me answered ${answer.status}; expected 200 to the token of the page.`);
    await answer.json();
    return performance.now();
  });
}
