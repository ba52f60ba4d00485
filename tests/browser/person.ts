import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { chromiumPath } from './env.ts';

export type Size = 'phone' | 'desktop';
export type Look = 'light' | 'dark';
const devices = {
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};

export function launch(): Promise<Browser> {
  if (chromiumPath === undefined)
    throw new Error('No Chromium found: install one, or name it in CHROMIUM_PATH.');
  const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];
  return chromium.launch({
    executablePath: chromiumPath,
    args: [...flags, '--disable-component-update', '--disable-sync'],
  });
}

/** Somebody before a browser: does what people do, and finds things by what they are called. */
export class Person {
  readonly page: Page;
  /** Requests to other places than the site, and what the page complained of. */
  readonly strayRequests: string[] = [];
  readonly complaints: string[] = [];
  readonly #url: string;
  readonly #size: Size;

  private constructor(page: Page, url: string, size: Size) {
    this.page = page;
    this.#url = url;
    this.#size = size;
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !/^(?:data|blob):/.test(request.url()))
        this.strayRequests.push(request.url());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) {
        this.complaints.push(message.text());
      }
    });
  }

  static async arrive(
    browser: Browser,
    url: string,
    name: string,
    { size = 'desktop', look = 'light' }: { size?: Size; look?: Look } = {},
  ): Promise<Person> {
    const context = await browser.newContext({
      ...devices[size],
      colorScheme: look,
      reducedMotion: 'reduce',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(15_000);
    const person = new Person(await context.newPage(), url, size);
    await person.signIn(name);
    return person;
  }

  /** Signs in under a name, from nobody's page. */
  async signIn(name: string): Promise<void> {
    await this.goHome();
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.getByLabel('Name').fill(name);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.getByRole('heading', { level: 1, name: new RegExp(name) }).waitFor();
  }

  get context(): BrowserContext {
    return this.page.context();
  }

  /**
   * Another tab of the same person at the same place; it takes the session storage along, as a duplicate does.
   * `url` is another way to the same site.
   */
  async duplicateTab(url = this.#url): Promise<Person> {
    const other = await this.#at(this.context, url);
    await other.page.goto(this.page.url().replace(this.#url, url));
    return other;
  }

  /** The same person at a browser that has nothing of the site but knows who they are; at no place yet. */
  async atFreshBrowser(): Promise<Person> {
    const browser = this.context.browser();
    if (!browser) throw new Error('This context has no browser: it was not made by arrive().');
    return this.#at(await browser.newContext(), this.#url);
  }

  async #at(context: BrowserContext, url: string): Promise<Person> {
    const stored = await this.page.evaluate(() =>
      JSON.stringify(Object.fromEntries(Object.entries(sessionStorage))),
    );
    const page = await context.newPage();
    await page.addInitScript((text) => {
      if (sessionStorage.length > 0) return;
      for (const [key, value] of Object.entries(JSON.parse(text) as Record<string, string>)) {
        sessionStorage.setItem(key, value);
      }
    }, stored);
    return new Person(page, url, this.#size);
  }

  /** Goes to another tab or window, so that this one is hidden. */
  hide(): Promise<void> {
    return this.#setVisibility('hidden');
  }

  /** Comes back to this tab. */
  show(): Promise<void> {
    return this.#setVisibility('visible');
  }

  // A browser without a window shows all of its tabs at once: the page is told otherwise.
  async #setVisibility(state: DocumentVisibilityState): Promise<void> {
    await this.page.evaluate((value) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  }

  async goHome(): Promise<void> {
    await this.page.goto(this.#url);
  }

  /** Brings the list of chats into sight, where it is behind a button. */
  async openMenu(): Promise<void> {
    const menu = this.page.getByRole('button', { name: 'Open the list of chats' });
    if (this.#size === 'phone') await menu.click();
  }

  /** Begins a chat with an app and says something. */
  async begin(app: string, text: string): Promise<void> {
    await this.goHome();
    await this.page.getByRole('link', { name: app, exact: true }).click();
    await this.say(text);
    await this.page.waitForURL(/\/c\//);
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    // Enter begins a line where there is only a touch screen.
    if (this.#size === 'phone') await this.page.getByRole('button', { name: 'Send', exact: true }).click();
    else await this.page.keyboard.press('Enter');
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: 'Message', exact: true });
  }

  get answers(): Locator {
    return this.page.getByRole('article', { name: 'Answer' });
  }

  get lastAnswer(): Locator {
    return this.answers.last();
  }

  /** Waits until nothing is being written any more. */
  async answered(): Promise<void> {
    await this.page.getByRole('button', { name: 'Copy the answer' }).last().waitFor();
    await this.page.getByRole('button', { name: 'Send', exact: true }).waitFor();
  }

  /** The words of the last answer, without what stands around them. */
  async words(): Promise<string> {
    return (await this.lastAnswer.locator('.markdown').allInnerTexts()).join('\n').trim();
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}

/** What counting to `n` looks like. */
export function counted(n: number): string {
  return Array.from({ length: n }, (_, i) => String(i + 1)).join(' ');
}
