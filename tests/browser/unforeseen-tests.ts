import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { World } from './browser.test.ts';
import { focused } from './keyboard.ts';

/** Texts, names and addresses of shapes that nobody had in mind; none takes the page down or out of shape. */
export function unforeseenTests({ site, somebody, stranger }: World): void {
  test('an answer that nests without end is shown as text, also after a reload, and the chat goes on', async () => {
    const person = await somebody();
    const quotes = `${'>'.repeat(3_000)}deep`;
    await person.begin('Writer', `Quotes\n\n${quotes}`);
    await person.answered();
    expect(await person.words()).toContain(quotes);
    await person.page.reload();
    await expect.poll(() => person.words()).toContain(quotes);
    await person.say(`Lists\n\n${'- '.repeat(2_000)}deep`);
    await expect.poll(() => person.words()).toMatch(/Lists[\s\S]*- - deep$/);
    await person.answered();
    expect(person.complaints).toEqual([]);
  });

  test('what cannot be drawn says so in its own place, and the rest of the page goes on', async () => {
    const person = await somebody();
    const { page } = person;
    await person.begin('Writer', 'First words');
    await person.answered();
    await page.route('**/messages', async (route) => {
      const response = await route.fetch();
      const body = (await response.json()) as { messages: { role: string; parts: object[] }[] };
      const broken = {
        type: 'dynamic-tool',
        toolCallId: 't',
        toolName: { not: 'a name' },
        state: 'input-available',
      };
      for (const { role, parts } of body.messages) if (role === 'assistant') parts.push(broken);
      await route.fulfill({ response, json: body });
    });
    await page.reload();
    await person.lastAnswer.getByText('This answer could not be drawn').waitFor();
    expect(await person.words()).toContain('You said: First words');
    await page.unrouteAll();

    await page.route('**/api/chat-apps', (route) =>
      route.fulfill({ json: { chatApps: [{ id: 'broken', title: 'Broken', suggestions: null }] } }),
    );
    await person.goHome();
    await page.getByText('This page could not be drawn').waitFor();
    expect(await page.getByRole('button', { name: 'Load the page again' }).isVisible()).toBe(true);
    await page.getByRole('navigation', { name: 'Chats' }).getByRole('link', { name: 'First words' }).click();
    await expect.poll(() => person.words()).toBe('You said: First words');
  });

  test('an address that leads nowhere says so, with a way home', async () => {
    const { page } = await somebody();
    await page.goto(`${site().url}/no/such/page`);
    await page.getByText('There is no such page').waitFor();
    await page.getByRole('main').getByRole('link', { name: 'All chat apps' }).click();
    await page.getByRole('link', { name: 'Writer', exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
  });

  test('a link of anybody’s puts no words into the sign-in page, and ends no sign-in that was begun', async () => {
    const page = await stranger();
    const link = `${site().url}/?error=x&state=q&error_description=Call+555-0100+to+unlock`;
    await page.goto(link);
    await expect.poll(() => page.getByRole('alert').innerText()).toContain('was not begun here');
    expect(await page.locator('body').innerText()).not.toContain('555-0100');

    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Name').waitFor();
    const state = new URL(page.url()).searchParams.get('state') ?? '';
    await page.goto(link);
    await page.getByRole('alert').waitFor();
    await page.goto(`${site().url}/?error=access_denied&error_description=Call+555-0100&state=${state}`);
    await expect.poll(() => page.getByRole('alert').innerText()).toContain('refused or given up');
  });

  test('Enter after a name at local sign-in signs in as that name, not as the first that is offered', async () => {
    const page = await stranger();
    await page.goto(site().url);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Name').fill('by-enter');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toContain('by-enter');
  });

  test('on a narrow screen an undo stands on one line, an icon of many letters and a long word in their places', async () => {
    const person = await somebody({ size: 'phone' });
    const { page } = person;
    await person.begin('Writer', `Unbroken${'word'.repeat(20)}`);
    await person.answered();
    await page.setViewportSize({ width: 360, height: 740 });
    await page.route('**/api/chat-apps', async (route) => {
      const response = await route.fetch();
      const { chatApps } = (await response.json()) as { chatApps: object[] };
      const odd = { icon: 'Human Resources!', title: 'Donaudampfschifffahrt'.repeat(4) };
      await route.fulfill({ response, json: { chatApps: chatApps.map((app) => ({ ...app, ...odd })) } });
    });
    await person.goHome();
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    expect(await wider(page, '.home, .card, .card-head, .app-icon')).toEqual([]);
    await page.getByRole('heading', { level: 2 }).last().getByRole('link').click();
    await page
      .getByRole('button', { name: /Lisbon|sort/ })
      .first()
      .waitFor();
    expect(await wider(page, '.app-icon, .thread-viewport, .page-header')).toEqual([]);
    await person.openMenu();
    expect(await wider(page, '.row-icon, .sidebar')).toEqual([]);
    await page.getByRole('button', { name: /^Delete/ }).click();
    const undo = await page.getByRole('button', { name: 'Undo' }).boundingBox();
    expect(undo?.height).toBeLessThan(50);
  });

  test('after undoing, the focus is on the chat that came back; one that was on the screen is again', async () => {
    const person = await somebody();
    const { page } = person;
    await person.begin('Writer', 'Brought back');
    await person.answered();
    const address = page.url();
    const list = page.getByRole('navigation', { name: 'Chats' });
    await list.getByRole('link', { name: 'Brought back' }).hover();
    await list.getByRole('button', { name: /^Delete/ }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.waitForURL(address);
    await expect.poll(() => person.words()).toBe('You said: Brought back');

    await person.goHome();
    await list.getByRole('link', { name: 'Brought back' }).hover();
    await list.getByRole('button', { name: /^Delete/ }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => focused(page)).toMatch(/Brought back$/);
    expect(new URL(page.url()).pathname).toBe('/');
  });

  test('a very long message of one’s own is folded until it is wanted whole', async () => {
    const person = await somebody();
    const mine = person.page.getByRole('article', { name: 'You' });
    await person.begin('Writer', Array.from({ length: 60 }, (_, i) => `Line ${i}`).join('\n'));
    await person.answered();
    const height = async (): Promise<number> => (await mine.boundingBox())?.height ?? 0;
    const folded = await height();
    await mine.getByRole('button', { name: 'Show all' }).click();
    expect(await height()).toBeGreaterThan(folded * 2);
    await mine.getByRole('button', { name: 'Show less' }).click();
    expect(await height()).toBe(folded);
  });

  test('output that is too large for the log shows its beginning and its size', async () => {
    const person = await somebody();
    const { page } = person;
    await person.begin('Writer', 'A large table');
    await person.answered();
    const output = { preview: '[{"row":0},{"ro', bytes: 123_456, note: 'more than a message holds' };
    await page.route('**/messages', async (route) => {
      const response = await route.fetch();
      const body = (await response.json()) as { messages: { role: string; parts: object[] }[] };
      const tool = { type: 'dynamic-tool', toolCallId: 't', toolName: 'table', input: {} };
      for (const { role, parts } of body.messages) {
        if (role === 'assistant') parts.push({ ...tool, state: 'output-available', output });
      }
      await route.fulfill({ response, json: body });
    });
    await page.reload();
    const card = page.getByRole('group', { name: 'Tool table' });
    await card.getByRole('button').click();
    expect(await card.getByLabel('Output', { exact: true }).innerText()).toBe(output.preview);
    expect(await card.innerText()).toContain('Cut: 123,456 bytes in all.');
  });
}

/** Which of these elements hold more than their width. */
function wider(page: Page, selector: string): Promise<string[]> {
  return page
    .locator(selector)
    .evaluateAll((elements) =>
      elements.flatMap(({ className, scrollWidth, clientWidth }) =>
        scrollWidth > clientWidth ? [`${className}: ${scrollWidth} in ${clientWidth}`] : [],
      ),
    );
}
