import { openLine } from '@parley/service/testing/line';
import { expect, onTestFinished, test } from 'vitest';
import type { World } from './browser.test.ts';
import { counted } from './person.ts';

/** Everything of chatting, done the way a user does it. */
export function chatTests({ site, somebody }: World): void {
  test('the home page has a card for each chat app, which says what it is for', async () => {
    const { page } = await somebody();
    const card = page
      .getByRole('listitem')
      .filter({ has: page.getByRole('link', { name: 'Weather', exact: true }) });
    await expect.poll(() => card.innerText()).toMatch(/⛅[\s\S]*Demo model[\s\S]*Tells what the weather/);
    expect(await card.getByRole('link').allInnerTexts()).toEqual([
      'Weather',
      'What will the weather be in Lisbon tomorrow?',
      'Do I need an umbrella in Oslo on Friday?',
    ]);
    expect(await page.getByRole('link', { name: 'Writer', exact: true }).isVisible()).toBe(true);
  });

  test('a suggestion becomes the message; the tool card shows what went in and came out, and how long it took, also after a reload', async () => {
    const person = await somebody();
    const { page } = person;
    await page.getByRole('link', { name: 'Weather', exact: true }).click();
    await page.getByRole('button', { name: /Lisbon/ }).click();
    await person.answered();
    expect(await page.getByRole('note').innerText()).toContain('No language model answers here');
    const card = page.getByRole('group', { name: 'Tool forecast' });
    const said = await card.innerText();
    expect(said).toMatch(/forecast[\s\S]*Lisbon[\s\S]*Done · \d/);
    await card.getByRole('button').click();
    expect(await card.getByLabel('Input', { exact: true }).innerText()).toContain('"city": "Lisbon"');
    expect(await card.getByLabel('Output', { exact: true }).innerText()).toContain('°C');
    await page
      .getByRole('navigation', { name: 'Chats' })
      .getByRole('link', { name: /Lisbon/ })
      .waitFor();
    await page.reload();
    await expect.poll(() => card.innerText()).toBe(said);
    expect(person.complaints).toEqual([]);
  });

  test('tables and code are drawn, highlighting loads when it is needed, and no picture of another site is fetched', async () => {
    const person = await somebody();
    const { page } = person;
    const scripts: string[] = [];
    page.on('request', (request) => scripts.push(request.url()));
    await person.begin('Writer', 'Hello there');
    await person.answered();
    expect(scripts.filter((url) => url.includes('highlight'))).toEqual([]);

    await person.say('Compare three ways to sort');
    await person.lastAnswer.locator('code .hljs-keyword').first().waitFor();
    expect(scripts.filter((url) => url.includes('highlight'))).toHaveLength(1);
    expect(await person.lastAnswer.getByRole('cell', { name: '512 kB' }).isVisible()).toBe(true);
    expect(await person.lastAnswer.getByRole('link').allInnerTexts()).toEqual([
      'MDN',
      'Image not loaded: a chart (tracker.example)',
    ]);
    await person.lastAnswer.getByRole('button', { name: 'Copy code' }).click();
    await person.lastAnswer.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^\/\/ Stable since[\s\S]*\}$/);
    expect(person.strayRequests).toEqual([]);
    expect(person.complaints).toEqual([]);
  });

  test('stopping keeps what was said, and going on adds to it', async () => {
    const person = await somebody();
    await person.begin('Writer', 'Count to 2000');
    await expect.poll(() => person.words()).toMatch(/^1 2 3/);
    await person.page.getByRole('button', { name: 'Stop the answer' }).click();
    await person.page.getByText('You stopped this answer.').waitFor();
    const said = await person.words();
    expect(counted(2000).startsWith(said)).toBe(true);
    await person.page.reload();
    await expect.poll(() => person.words()).toBe(said);
    await person.page.getByRole('button', { name: 'Go on' }).click();
    await expect.poll(() => person.answers.count()).toBe(2);
    await person.answered();
    expect(await person.answers.first().innerText()).toContain(said);
  });

  test('an edit and another answer stand beside the first, and the picker goes between them', async () => {
    const person = await somebody();
    const { page } = person;
    await person.begin('Writer', 'First words');
    await person.answered();
    await page.getByRole('button', { name: 'Answer again' }).click();
    await page.getByRole('group', { name: 'The answers' }).waitFor();
    await person.answered();
    expect(await page.getByRole('group', { name: 'The answers' }).innerText()).toContain('2 / 2');

    await page.getByRole('article', { name: 'You' }).hover();
    await page.getByRole('button', { name: 'Edit your message' }).click();
    await page.getByRole('textbox', { name: 'Edit your message' }).fill('Second words');
    await page.keyboard.press('Enter');
    await expect.poll(() => person.words()).toBe('You said: Second words');
    await person.answered();
    const versions = page.getByRole('group', { name: 'The versions of your message' });
    expect(await versions.innerText()).toContain('2 / 2');
    await versions.getByRole('button', { name: /Previous/ }).click();
    await expect.poll(() => person.words()).toBe('You said: First words');
    expect(await page.getByRole('group', { name: 'The answers' }).isVisible()).toBe(true);
  });

  test('a reload in the middle of an answer goes on without a lost or doubled word', async () => {
    const person = await somebody();
    await person.begin('Writer', 'Count to 300');
    await expect.poll(() => person.words()).toMatch(/ 20\b/);
    await person.page.reload();
    await person.answered();
    expect(await person.words()).toBe(counted(300));
  });

  test('a second tab shows the same tokens as they come', async () => {
    const person = await somebody();
    await person.begin('Writer', 'Count to 300');
    const other = await person.duplicateTab();
    await expect.poll(() => other.words()).toMatch(/^1 2 3/);
    expect(await other.page.getByRole('button', { name: 'Stop the answer' }).isVisible()).toBe(true);
    await Promise.all([person.answered(), other.answered()]);
    expect([await person.words(), await other.words()]).toEqual([counted(300), counted(300)]);

    await other.say('Said in the other tab');
    await expect.poll(() => person.words()).toBe('You said: Said in the other tab');
  });

  test('when the line is cut the page says so, and afterwards no word is missing or doubled', async () => {
    const person = await somebody();
    await person.begin('Writer', 'Count to 600');
    const line = await openLine(site().url);
    onTestFinished(() => line.close());
    const other = await person.duplicateTab(line.url);
    await expect.poll(() => other.words()).toMatch(/ 20\b/);
    line.cut();
    await other.page.getByText(/Reconnecting/).waitFor();
    line.mend();
    await other.answered();
    expect(await other.words()).toBe(counted(600));
    await expect.poll(() => other.page.getByText(/Reconnecting/).count()).toBe(0);

    line.cut();
    await other.say('Sent into nothing');
    await other.page.getByText(/Reconnecting/).waitFor();
    line.mend();
    await expect.poll(() => other.words()).toBe('You said: Sent into nothing');
    await expect.poll(() => person.words()).toBe('You said: Sent into nothing');
  });

  test('a draft survives a reload, and Enter belongs to the input method while it composes', async () => {
    const person = await somebody();
    const { page } = person;
    await page.getByRole('link', { name: 'Writer', exact: true }).click();
    await person.composer.fill('half a thou');
    await page.reload();
    await expect.poll(() => person.composer.inputValue()).toBe('half a thou');

    const session = await person.context.newCDPSession(page);
    await person.composer.focus();
    await session.send('Input.imeSetComposition', { text: 'か', selectionStart: 1, selectionEnd: 1 });
    await person.composer.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
    expect(page.url()).toContain('/chat/writer');
    expect(await person.composer.inputValue()).toContain('か');
  });

  test('a chat is renamed, deleted, brought back, and deleted for good', async () => {
    const person = await somebody();
    const { page } = person;
    await person.begin('Writer', 'Something to name');
    await person.answered();
    const list = page.getByRole('navigation', { name: 'Chats' });
    await list.getByRole('link', { name: 'Something to name' }).hover();
    await list.getByRole('button', { name: /Rename/ }).click();
    await page.keyboard.insertText('A \u202ebetter\u2029name\u2069');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'A better name', exact: true }).waitFor();

    await list.getByRole('link', { name: 'A better name' }).hover();
    await list.getByRole('button', { name: /Delete/ }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await list.getByRole('link', { name: 'A better name' }).hover();
    await list.getByRole('button', { name: /Delete/ }).click();
    await page.reload();
    await list.getByText('Your chats will be listed here.').waitFor();
    expect(person.complaints).toEqual([]);
  });

  test('on a phone, what was deleted from the list is brought back without leaving it', async () => {
    const person = await somebody({ size: 'phone' });
    await person.begin('Writer', 'Deleted by a thumb');
    await person.answered();
    await person.goHome();
    await person.openMenu();
    const row = person.page.getByRole('link', { name: 'Deleted by a thumb' });
    await person.page.getByRole('button', { name: 'Delete “Deleted by a thumb”' }).click();
    await expect.poll(() => row.count()).toBe(0);
    await person.page.getByRole('button', { name: 'Undo' }).click();
    await row.waitFor();
    expect(person.complaints).toEqual([]);
  });

  test('a failed answer says why and what to do; a busy model is waited for in sight', async () => {
    const person = await somebody();
    const { page } = person;
    await person.begin('Writer', 'Please break');
    const problem = page.getByRole('alert');
    await expect
      .poll(() => problem.innerText())
      .toMatch(/The answer failed[\s\S]*broke on purpose[\s\S]*Try again/);
    await person.begin('Writer', 'Be busy');
    await page.getByText(/The model is busy. Trying again in/).waitFor();
    await expect.poll(() => person.words()).toBe('You said: Be busy');
  });

  test('an unknown chat is said to be unknown, with a way on', async () => {
    const { page } = await somebody();
    await page.goto(`${site().url}/c/nothing-here`);
    await page.getByRole('alert').waitFor();
    await page.getByRole('link', { name: 'All chat apps', exact: true }).click();
    await page.getByRole('link', { name: 'Writer', exact: true }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
  });

  test('signing out ends the session, and another person sees nothing of it', async () => {
    const person = await somebody();
    await person.begin('Writer', 'A secret');
    await person.answered();
    const address = person.page.url();
    await person.page.getByRole('button', { name: 'Sign out' }).click();
    await person.page.getByRole('button', { name: 'Sign in' }).waitFor();
    const stranger = await somebody();
    await stranger.page.goto(address);
    await stranger.page.getByRole('alert').waitFor();
    expect(await stranger.page.locator('body').innerText()).not.toContain('A secret');
  });
}
