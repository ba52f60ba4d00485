import { expect, test } from 'vitest';
import type { World } from './browser.test.ts';
import type { Person } from './person.ts';

const plan = { name: 'plan.md', mimeType: '', buffer: Buffer.from('# Trip\n\nThe budget is 300 EUR.\n') };
/** One red pixel. */
const picture = {
  name: 'red.png',
  mimeType: 'image/png',
  buffer: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
    'base64',
  ),
};
type File = typeof plan;

/** That files go with messages, and are neither lost nor sent by mistake. */
export function fileTests({ somebody }: World): void {
  async function newChat(): Promise<Person> {
    const person = await somebody();
    await person.page.getByRole('link', { name: 'Weather', exact: true }).click();
    await person.composer.waitFor();
    return person;
  }
  const choose = ({ page }: Person, ...files: File[]) =>
    page.getByLabel('Files to attach').setInputFiles(files);
  const attached = ({ page }: Person) =>
    page.getByRole('list', { name: 'Attached files' }).getByRole('listitem');
  const sent = ({ page }: Person) => page.getByRole('list', { name: 'Files of your message' });

  test('a text file is uploaded while somebody writes, answered about, and seen on other devices', async () => {
    const person = await newChat();
    await person.composer.fill('What is the budget?');
    await choose(person, plan);
    await person.page.waitForURL(/\/c\//);
    await attached(person).getByText('31 bytes').waitFor();
    expect(await person.composer.inputValue()).toBe('What is the budget?');
    await person.page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect.poll(() => person.words()).toContain('The budget is 300 EUR.');
    expect(await attached(person).count()).toBe(0);

    const elsewhere = await person.atFreshBrowser();
    await elsewhere.page.goto(person.page.url());
    const [download] = await Promise.all([
      elsewhere.page.waitForEvent('download'),
      sent(elsewhere)
        .getByRole('button', { name: /plan\.md/ })
        .click(),
    ]);
    expect(download.suggestedFilename()).toBe('plan.md');
    await elsewhere.leave();
    expect(person.complaints).toEqual([]);
  });

  test('an image is shown as a thumbnail, before it is sent and after a reload; a model that reads none says so', async () => {
    const person = await newChat();
    await choose(person, picture);
    await attached(person).getByRole('img', { name: 'red.png' }).waitFor();
    await attached(person).getByText(/bytes/).waitFor();
    await person.say('What colour is it?');
    await expect.poll(() => person.words()).toContain('I cannot read “red.png”');
    await person.page.reload();
    await sent(person).locator('img').waitFor();
    expect(
      await sent(person)
        .locator('img')
        .evaluate((image: HTMLImageElement) => image.naturalWidth),
    ).toBe(1);
    expect(person.complaints).toEqual([]);
  });

  test('files chosen while a new chat begins are all attached, and its message waits for them', async () => {
    const person = await newChat();
    const { page } = person;
    const gate = Promise.withResolvers<void>();
    await page.route('**/api/sessions', async (route) => {
      if (route.request().method() === 'POST') await gate.promise;
      await route.continue();
    });
    await choose(person, plan);
    await choose(person, { ...plan, name: 'second.md' });
    await person.say('What is the budget?');
    await page.getByText('Uploading 2 files: you can send in a moment.').waitFor();
    gate.resolve();
    await expect.poll(() => attached(person).getByText('31 bytes').count()).toBe(2);
    expect(await person.composer.inputValue()).toBe('What is the budget?');
    await page.keyboard.press('Enter');
    await expect.poll(() => person.words()).toContain('300 EUR');
    expect(await sent(person).getByRole('listitem').count()).toBe(2);
    await page.reload();
    await sent(person).waitFor();
    expect(await page.getByRole('navigation', { name: 'Chats' }).getByRole('listitem').count()).toBe(1);
  });

  test('a key that is pressed as the first file opens its chat goes on with what was written', async () => {
    const person = await newChat();
    const { page } = person;
    await person.composer.fill('Words before');
    await page.evaluate(pressOnceItIsThere, ' and after');
    await choose(person, plan);
    await attached(person).getByText('31 bytes').waitFor();
    expect(await person.composer.inputValue()).toBe('Words before and after');
    await page.reload();
    await expect.poll(() => person.composer.inputValue()).toBe('Words before and after');
  });

  test('files that no chat could be begun for are kept, and attached when they are tried again', async () => {
    const person = await newChat();
    const { page } = person;
    const isSessions = (url: URL): boolean => url.pathname.endsWith('/sessions');
    await page.route(isSessions, (route) => route.abort());
    await choose(person, plan);
    await attached(person).getByText('Check your connection, then try again.').waitFor();
    await page.unroute(isSessions);
    await page.getByRole('button', { name: 'Upload plan.md again' }).click();
    await attached(person).getByText('31 bytes').waitFor();
    expect(new URL(page.url()).pathname).toMatch(/^\/c\//);
  });

  test('what cannot be attached says why and what can, and stops only itself', async () => {
    const person = await newChat();
    const film = { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.from('x') };
    const large = { name: 'large.txt', mimeType: 'text/plain', buffer: Buffer.alloc(200_001, 'x') };
    const liar = { ...picture, buffer: Buffer.from('<script>alert(1)</script>') };
    await choose(person, film, large, liar, plan);
    const { page } = person;
    await page.getByText(/It is called “video\/mp4”\. Attach a PNG/).waitFor();
    await page.getByText(/a text file may have 200 KB/).waitFor();
    await page.getByText(/it is text, expected an image/).waitFor();
    await person.composer.fill('What is the budget?');
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByText(/Remove “film\.mp4”/).waitFor();
    for (const name of ['film.mp4', 'large.txt', 'red.png'])
      await page.getByRole('button', { name: `Remove ${name}` }).click();
    await person.say('What is the budget?');
    await expect.poll(() => person.words()).toContain('300 EUR');
  });

  test('a name that turns text round, or is long, is made plain and stays in its place', async () => {
    const person = await newChat();
    const film = { name: `${'L'.repeat(250)}.mp4`, mimeType: 'video/mp4', buffer: Buffer.from('x') };
    await choose(person, { ...plan, name: 'a\u202egnp.txt' }, film);
    await attached(person).getByText('31 bytes').waitFor();
    const names = attached(person).locator('.file-name');
    expect(await names.allInnerTexts()).toEqual(['agnp.txt', `${'L'.repeat(195)}….mp4`]);
    await person.composer.fill('What is the budget?');
    const notice = person.page.getByText(/^Remove “L+….mp4”/);
    const room = await notice.evaluate(({ scrollWidth, clientWidth }) => clientWidth - scrollWidth);
    expect(room).toBeGreaterThanOrEqual(0);
    expect(person.complaints).toEqual([]);
  });

  test('a message has at most five files, and says which were left out', async () => {
    const person = await newChat();
    await choose(person, ...Array.from({ length: 6 }, (_, i) => ({ ...plan, name: `plan-${i}.md` })));
    await person.page.getByText('“plan-5.md” was left out: a message has at most 5 files.').waitFor();
    await expect.poll(() => attached(person).getByText('31 bytes').count()).toBe(5);
  });

  test('an upload that was cut is tried again, and neither the text nor the other files are lost', async () => {
    const person = await newChat();
    const { page } = person;
    await choose(person, plan);
    await attached(person).getByText('31 bytes').waitFor();
    await person.composer.fill('Look at both');
    const isBucket = (url: URL): boolean => url.pathname.startsWith('/local/s3/');
    await page.route(isBucket, (route) => route.abort());
    await choose(person, picture);
    await page.getByText('The upload was cut.').waitFor();
    await page.unroute(isBucket);
    await page.getByRole('button', { name: 'Upload red.png again' }).click();
    await expect
      .poll(() =>
        attached(person)
          .getByText(/\d+ bytes/)
          .count(),
      )
      .toBe(2);
    expect(await person.composer.inputValue()).toBe('Look at both');
  });

  test('files that were uploaded are still beside the draft after a reload, and go with it', async () => {
    const person = await newChat();
    await choose(person, plan);
    await attached(person).getByText('31 bytes').waitFor();
    await person.page.reload();
    await attached(person).getByText('plan.md').waitFor();
    await person.say('What is the budget?');
    await expect.poll(() => person.words()).toContain('300 EUR');
    await person.page.reload();
    await sent(person).getByText('plan.md').waitFor();
    expect(await attached(person).count()).toBe(0);
  });

  test('an edited message keeps its files', async () => {
    const person = await newChat();
    const { page } = person;
    await choose(person, plan);
    await attached(person).getByText('31 bytes').waitFor();
    await person.say('How does it begin?');
    await person.answered();
    await page.getByRole('article', { name: 'You' }).hover();
    await page.getByRole('button', { name: 'Edit your message' }).click();
    await page.getByRole('textbox', { name: 'Edit your message' }).fill('What is the budget?');
    await page.locator('.edit-composer').getByRole('button', { name: 'Send' }).click();
    await expect.poll(() => person.words()).toContain('300 EUR');
    await sent(person).getByText('plan.md').waitFor();
  });

  test('files are dropped on the conversation, and pasted', async () => {
    const person = await newChat();
    const { page } = person;
    const transfer = (name: string) =>
      page.evaluateHandle((file) => {
        const data = new DataTransfer();
        data.items.add(new File(['The budget is 300 EUR.'], file));
        return data;
      }, name);
    await page.locator('.thread').dispatchEvent('drop', { dataTransfer: await transfer('dropped.txt') });
    await attached(person).getByText('22 bytes').waitFor();
    await page.evaluate(
      (data) => {
        const target = document.querySelector('.composer-input')!;
        target.dispatchEvent(
          new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
        );
      },
      await transfer('pasted.txt'),
    );
    const names = () => attached(person).locator('.file-name').allInnerTexts();
    await expect.poll(names).toEqual(['dropped.txt', 'pasted.txt']);
  });

  test('an app that takes no files offers none', async () => {
    const person = await somebody();
    await person.page.getByRole('link', { name: 'Writer', exact: true }).click();
    await person.composer.waitFor();
    expect(await person.page.getByRole('button', { name: 'Attach files' }).count()).toBe(0);
  });
}

/** Writes into the composer of a session as soon as the page has it, before anything else happens there. */
function pressOnceItIsThere(keys: string): void {
  const watch = new MutationObserver(() => {
    const input = document.querySelector<HTMLElement>('.composer-input');
    if (!location.pathname.startsWith('/c/') || !input) return;
    watch.disconnect();
    input.focus();
    document.execCommand('insertText', false, keys);
  });
  watch.observe(document.body, { childList: true, subtree: true });
}
