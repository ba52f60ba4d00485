import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { World } from './browser.test.ts';
import { focused, tabTo } from './keyboard.ts';
import type { Size } from './person.ts';
import { visitStates } from './states.ts';

/** What axe finds against WCAG 2.2 A and AA, as lines that name the rule and the elements. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  // Colours are on their way for a moment after a theme changed.
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
  });
  const results = await page.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
  );
}

/** That nobody is kept out: by contrast, by names, or by having no mouse. */
export function accessTests({ somebody }: World): void {
  test.each<Size>(['desktop', 'phone'])(
    'axe finds nothing against WCAG AA in any state on a %s, in both themes',
    async (size) => {
      const person = await somebody({ size });
      const found: string[] = [];
      await visitStates(person, async (name) => {
        for (const colorScheme of ['light', 'dark'] as const) {
          await person.page.emulateMedia({ colorScheme });
          found.push(...(await violations(person.page)).map((line) => `${name}, ${colorScheme}: ${line}`));
        }
        const overflow = await person.page.evaluate(() =>
          [document.documentElement, ...document.querySelectorAll('.thread-viewport')].reduce(
            (most, { scrollWidth, clientWidth }) => Math.max(most, scrollWidth - clientWidth),
            0,
          ),
        );
        if (overflow > 0) found.push(`${name}: ${overflow} px wider than the screen`);
      });
      expect(found).toEqual([]);
    },
    300_000,
  );

  test('a whole visit works by keyboard alone', async () => {
    const { page } = await somebody();
    const { keyboard } = page;
    await tabTo(page, /^Weather$/);
    await keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Message');
    await keyboard.type('What will the weather be in Lisbon tomorrow?');
    await keyboard.press('Enter');
    await page.getByRole('button', { name: 'Answer again' }).waitFor();
    await expect.poll(() => focused(page)).toBe('Message');

    await tabTo(page, /^forecast/, 'Shift+Tab');
    await keyboard.press('Enter');
    await page.getByLabel('Input', { exact: true }).waitFor();
    await tabTo(page, /^Answer again$/);
    await keyboard.press('Enter');
    await page.getByRole('group', { name: 'The answers' }).waitFor();
    await page.getByRole('button', { name: 'Answer again' }).waitFor();
    await tabTo(page, /^Edit your message$/, 'Shift+Tab');
    await keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Edit your message');
    await keyboard.press('Escape');
    await page.getByRole('button', { name: 'Edit your message' }).waitFor();

    await page
      .getByRole('navigation', { name: 'Chats' })
      .getByRole('link', { name: /Lisbon/ })
      .waitFor();
    await tabTo(page, /^Rename/, 'Shift+Tab');
    await keyboard.press('Enter');
    await keyboard.type('By keyboard');
    await keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Rename “By keyboard”');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Undo');
    await keyboard.press('Enter');
    await page
      .getByRole('navigation', { name: 'Chats' })
      .getByRole('link', { name: 'By keyboard' })
      .waitFor();
  });

  test('the theme is chosen, kept over a reload, and otherwise the device’s', async () => {
    const { page } = await somebody({ look: 'dark' });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    await page.getByRole('radio', { name: 'Light' }).focus();
    await page.keyboard.press('Space');
    await expect.poll(ground).not.toBe(dark);
    const light = await ground();
    await page.reload();
    await page.getByRole('radio', { name: 'Light' }).waitFor();
    expect(await ground()).toBe(light);
    await page.getByRole('radio', { name: 'As the device' }).focus();
    await page.keyboard.press('Space');
    await expect.poll(ground).toBe(dark);
  });

  test('a screen reader hears that an answer is awaited, and then what it says', async () => {
    const person = await somebody();
    await person.begin('Writer', 'Say it aloud');
    await person.answered();
    const live = person.page.locator('[aria-live="polite"]');
    await expect.poll(() => live.allInnerTexts()).toContainEqual('Answer: You said: Say it aloud');
  });
}
