import type { Request } from 'playwright-core';
import { expect, test } from 'vitest';
import type { World } from './browser.test.ts';
import { counted, type Person } from './person.ts';

/** More than the connections that a browser opens to one host (six, with HTTP/1.1) for all its tabs. */
const tabCount = 10;

/** One browser with many tabs, of which one is seen. */
export function tabTests({ somebody }: World): void {
  test('ten tabs of one browser all chat, and one that was left goes on', async () => {
    const first = await somebody();
    await first.begin('Writer', 'Said in tab 1');
    await first.answered();
    let seen = first;
    for (let i = 2; i <= tabCount; i += 1) {
      await seen.hide();
      seen = await seen.duplicateTab();
      await seen.begin('Writer', `Said in tab ${i}`);
      await expect.poll(() => seen.words()).toBe(`You said: Said in tab ${i}`);
      await seen.answered();
    }
    await seen.hide();
    await first.show();
    await first.say('Said on coming back');
    await expect.poll(() => first.words()).toBe('You said: Said on coming back');
    expect(first.complaints).toEqual([]);
  });

  test('a tab that is left in the middle of an answer holds no line, and on coming back no word is missing', async () => {
    const person = await somebody();
    const streams = openStreams(person);
    await person.begin('Writer', 'Count to 300');
    await expect.poll(() => person.words()).toMatch(/ 20\b/);
    expect(streams.size).toBeGreaterThan(0);
    const other = await person.duplicateTab();
    await person.hide();
    await expect.poll(() => streams.size).toBe(0);
    const left = await person.words();
    await other.answered();
    expect(counted(300).startsWith(left)).toBe(true);

    const told = await connectionTold(person);
    await person.show();
    await person.answered();
    expect(await person.words()).toBe(counted(300));
    await person.hide();
    await expect.poll(() => streams.size).toBe(0);
    await other.say('Said while it was hidden');
    await other.answered();
    await person.show();
    await expect.poll(() => person.words()).toBe('You said: Said while it was hidden');
    await expect.poll(() => streams.size).toBe(1);
    expect(await told()).toEqual([]);
  });

  test('a version that is chosen in one tab is shown in the others, and after a reload', async () => {
    const person = await somebody();
    const { page } = person;
    await person.begin('Writer', 'First words');
    await person.answered();
    await page.getByRole('button', { name: 'Edit your message' }).click();
    await page.getByRole('textbox', { name: 'Edit your message' }).fill('Second words');
    await page.keyboard.press('Enter');
    await expect.poll(() => person.words()).toBe('You said: Second words');
    const other = await person.duplicateTab();
    await expect.poll(() => other.words()).toBe('You said: Second words');
    await page.getByRole('button', { name: /^Previous of the/ }).click();
    await expect.poll(() => other.words()).toBe('You said: First words');
    await other.page.reload();
    await expect.poll(() => other.words()).toBe('You said: First words');
    expect([...person.complaints, ...other.complaints]).toEqual([]);
  });

  test('a tab that was left before its answer began has it on coming back', async () => {
    const person = await somebody();
    await person.begin('Writer', 'Hello');
    await person.answered();
    await person.say('Be slow, then count to 40');
    await person.hide();
    const other = await person.duplicateTab();
    await expect.poll(() => other.words()).toBe(counted(40));
    await person.show();
    await person.answered();
    expect(await person.words()).toBe(counted(40));
    expect(await person.answers.count()).toBe(2);
  });
}

/** The streams of events that a page has open. */
function openStreams({ page }: Person): Set<Request> {
  const open = new Set<Request>();
  page.on('request', (request) => {
    if (/\/events$|\/runs$/.test(new URL(request.url()).pathname)) open.add(request);
  });
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => open.delete(request));
  return open;
}

/** What the page says of its connection from now on, however shortly. */
async function connectionTold({ page }: Person): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const told: string[] = [];
    Object.assign(window, { told });
    const words = (): number => told.push(document.querySelector('.connection')?.textContent ?? 'nothing');
    new MutationObserver(words).observe(document.querySelector('.connection')!, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });
  return () => page.evaluate(() => (window as unknown as { told: string[] }).told);
}
