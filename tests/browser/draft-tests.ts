import { expect, test } from 'vitest';
import type { World } from './browser.test.ts';
import { focused } from './keyboard.ts';

/** That nothing the user wrote is lost, nor shown to anybody else. */
export function draftTests({ somebody }: World): void {
  test('a draft is its writer’s: somebody else at the same browser does not see it, and signing out forgets it', async () => {
    const person = await somebody();
    const { page, composer } = person;
    const openWriter = () => page.getByRole('link', { name: 'Writer', exact: true }).click();
    await openWriter();
    await composer.fill('my secret plan');

    await page.evaluate(() => sessionStorage.clear());
    await person.signIn('the-next-one');
    await openWriter();
    expect(await composer.inputValue()).toBe('');
    await composer.fill('a plan of the next one');
    await page.reload();
    await expect.poll(() => composer.inputValue()).toBe('a plan of the next one');

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toMatch(/plan/);
  });

  test('what a new chat could not send is sent again without a reload, or taken back to where it was written', async () => {
    const person = await somebody();
    const { page, composer } = person;
    await page.getByRole('link', { name: 'Writer', exact: true }).click();
    const isSessions = (url: URL): boolean => url.pathname.endsWith('/sessions');
    await page.route(isSessions, (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    );
    await person.say('Kept words');
    await page.getByRole('button', { name: 'Take it back' }).click();
    await expect.poll(() => composer.inputValue()).toBe('Kept words');
    expect(await page.getByRole('alert').filter({ hasText: 'not sent' }).count()).toBe(0);

    await expect.poll(() => focused(page)).toBe('Message');
    await page.keyboard.press('Enter');
    const again = page.getByRole('button', { name: 'Send again' });
    await again.waitFor();
    await page.unroute(isSessions);
    await page.evaluate(() => Object.assign(window, { isSamePage: true }));
    await again.click();
    await expect.poll(() => person.words()).toBe('You said: Kept words');
    expect(await page.evaluate(() => 'isSamePage' in window)).toBe(true);
    await page.getByRole('link', { name: 'Parley, all chat apps' }).click();
    await page.getByRole('link', { name: 'Writer', exact: true }).click();
    expect(await composer.inputValue()).toBe('');
  });

  test('what was refused in a chat comes back to where it was written, above what was begun since', async () => {
    const person = await somebody();
    const { page, composer } = person;
    await person.begin('Writer', 'Hello');
    await person.answered();
    await page.route('**/runs', (route) =>
      route.fulfill({ status: 400, json: { error: { code: 'bad-request', message: 'Not now.' } } }),
    );
    await person.say('Refused words');
    await page.getByRole('button', { name: 'Take it back' }).waitFor();
    await composer.fill('newer words');
    await page.getByRole('button', { name: 'Take it back' }).click();
    await expect.poll(() => composer.inputValue()).toBe('Refused words\n\nnewer words');
  });

  test('a text that is too long is kept whole, and told by how much instead of being sent', async () => {
    const person = await somebody();
    const { page, composer } = person;
    await page.getByRole('link', { name: 'Writer', exact: true }).click();
    await composer.fill('x'.repeat(100_003));
    await page.getByText('Too long by 3 characters').waitFor();
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
    await page.keyboard.press('Enter');
    expect((await composer.inputValue()).length).toBe(100_003);
    expect(new URL(page.url()).pathname).toBe('/chat/writer');
    await composer.fill('x'.repeat(100_000));
    await expect.poll(() => page.getByText('Too long by').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isEnabled()).toBe(true);
  });

  test('a suggestion is sent from the home page as from the app’s own, and leaves what was being written', async () => {
    const person = await somebody();
    const { page, composer } = person;
    await page.getByRole('link', { name: 'Writer', exact: true }).click();
    await composer.fill('half a thought');
    await page.getByRole('button', { name: 'Count to 30' }).click();
    await person.answered();
    await person.goHome();
    await page.getByRole('link', { name: 'Compare three ways to sort' }).first().click();
    await page.waitForURL(/\/c\//);
    await person.answered();
    await person.goHome();
    await page.getByRole('link', { name: 'Writer', exact: true }).click();
    await expect.poll(() => composer.inputValue()).toBe('half a thought');
  });

  test('what is sent before a chat is loaded waits in sight, and goes on with the chat', async () => {
    const person = await somebody();
    const { page } = person;
    await person.begin('Writer', 'First words');
    await person.answered();
    const gate = Promise.withResolvers<void>();
    await page.route('**/messages', async (route) => {
      await gate.promise;
      await route.continue();
    });
    await page.reload();
    await person.say('Second words');
    await page.getByRole('article', { name: 'You' }).getByText('Second words').waitFor();
    gate.resolve();
    await expect.poll(() => person.words()).toBe('You said: Second words');
    // What was sent is drawn anew when the server's own message takes its place.
    await expect.poll(() => person.answers.count()).toBe(2);
    expect(await page.getByRole('group', { name: 'The versions of your message' }).count()).toBe(0);
  });

  test('the heading of an open chat has its new name before the server does', async () => {
    const person = await somebody();
    const { page } = person;
    await person.begin('Writer', 'Something to name');
    await person.answered();
    const list = page.getByRole('navigation', { name: 'Chats' });
    await list.getByRole('link', { name: 'Something to name' }).hover();
    await list.getByRole('button', { name: /Rename/ }).click();
    const gate = Promise.withResolvers<void>();
    await page.route('**/sessions/*', async (route) => {
      await gate.promise;
      await route.continue();
    });
    await page.keyboard.type('A better name');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.getByRole('heading', { level: 1 }).allInnerTexts())
      .toContainEqual(expect.stringContaining('A better name'));
    gate.resolve();
  });
}
