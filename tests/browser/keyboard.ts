import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** What the focus is on, by its name or its words. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { activeElement } = document;
    const [label] = (activeElement as HTMLInputElement | null)?.labels ?? [];
    return activeElement?.getAttribute('aria-label') ?? (label ?? activeElement)?.textContent ?? '';
  });
}

/** Presses a key until the focus is on what is wanted. */
export async function tabTo(page: Page, wanted: RegExp, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (wanted.test(await focused(page))) return;
    await page.keyboard.press(key);
  }
  expect.fail(`${key} never came to ${wanted.source}; the focus is on “${await focused(page)}”`);
}
