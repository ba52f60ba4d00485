import type { Page } from 'playwright-core';
import type { SiteState } from '../states.ts';

/** What is on its way, held back so that it can be looked at. */
export const loadingStates: SiteState[] = [
  {
    name: 'loading-home',
    show: async ({ page }) => {
      await hold(page, /\/api\/(me|chat-apps|sessions)$/);
      await page.reload();
      await page.getByRole('status', { name: 'Loading the chat apps' }).waitFor();
    },
  },
  {
    name: 'loading-chats',
    show: async (person) => {
      await hold(person.page, /\/api\/sessions$/);
      await person.goHome();
      await person.openMenu();
      await person.page.getByRole('status', { name: 'Loading your chats' }).waitFor();
    },
  },
  {
    name: 'loading-chat',
    show: async (person) => {
      await person.begin('Writer', 'Hello there');
      await person.answered();
      await hold(person.page, /\/messages$/);
      await person.page.reload();
      await person.page.getByRole('status', { name: 'Loading the chat' }).waitFor();
      await person.composer.waitFor();
    },
  },
  {
    name: 'fetching-chat',
    show: async ({ page }) => {
      await hold(page, /\/assets\/conversation-view-/);
      await page.reload({ waitUntil: 'commit' });
      await page.getByRole('status', { name: 'Loading the chat' }).waitFor();
    },
  },
];

/** Answers nothing that is asked for at these addresses, until the page asks for something else. */
async function hold(page: Page, addresses: RegExp): Promise<void> {
  await page.route(addresses, () => undefined);
}
