import type { SiteState } from '../states.ts';

/** The list of chats, after some were begun. */
export const listStates: SiteState[] = [
  {
    name: 'chats',
    show: async (person) => {
      await person.goHome();
      const { page } = person;
      await page.getByRole('link', { name: 'Writer', exact: true }).waitFor();
      await person.openMenu();
      const list = page.getByRole('navigation', { name: 'Chats' });
      await list.getByRole('link', { name: 'Thank you' }).first().focus();
      await page.keyboard.press('Tab');
    },
  },
  {
    name: 'deleted',
    show: async ({ page }) => {
      await page.getByRole('button', { name: /Delete “Thank you”/ }).click();
      await page.getByRole('button', { name: 'Undo' }).waitFor();
    },
  },
  {
    name: 'signed-out',
    show: async ({ page }) => {
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('button', { name: 'Sign in' }).waitFor();
    },
  },
];
