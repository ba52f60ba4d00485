import type { Page } from 'playwright-core';
import type { Person } from './person.ts';

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

/** The scripts a page brings to a browser that has nothing of the site, until somebody can use it. */
export async function firstScripts(person: Person, url: string): Promise<WireScript[]> {
  const visitor = await person.atFreshBrowser();
  const scripts = await scriptsDuring(visitor.page, () => timeToUsable(visitor.page, url));
  await visitor.leave();
  return scripts;
}

/** What must stand on a page before somebody can use it: CSS selector, and how many there must be. */
type Usable = Readonly<Record<string, number>>;
const usableHome: Usable = { '.card-link': 2, '.new-chat': 1 };
const usableChat: Usable = { 'textarea[aria-label="Message"]': 1, '[role="article"]': 2 };

/**
 * Milliseconds from the start of a navigation to the first frame in which somebody can use the page: the cards of
 * the home page, or the messages of a chat and the composer, are there, not disabled, and nothing lies over them.
 */
export async function timeToUsable(page: Page, url: string): Promise<number> {
  const usable = new URL(url).pathname === '/' ? usableHome : usableChat;
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
