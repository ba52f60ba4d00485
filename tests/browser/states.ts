import type { Person } from './person.ts';

/** A state of the site worth looking at: shown in the gallery, and checked for accessibility. */
export interface SiteState {
  name: string;
  show(person: Person): Promise<void>;
}

export const siteStates: SiteState[] = [
  {
    name: 'home',
    show: async (person) => {
      await person.goHome();
      await person.page.getByRole('link', { name: 'Writer', exact: true }).waitFor();
    },
  },
  {
    name: 'new-chat',
    show: async ({ page }) => {
      await page.getByRole('link', { name: 'Weather', exact: true }).click();
      await page.getByRole('button', { name: /Lisbon/ }).waitFor();
    },
  },
  {
    name: 'tool-call',
    show: async (person) => {
      await person.begin('Weather', 'What will the weather be in Lisbon tomorrow?');
      await person.answered();
      await person.page.getByRole('region', { name: 'Tool forecast' }).getByRole('button').click();
    },
  },
  {
    name: 'answer',
    show: async (person) => {
      await person.begin('Writer', 'Compare three ways to sort');
      await person.answered();
      await person.lastAnswer.locator('code .hljs-keyword').first().waitFor();
    },
  },
  {
    name: 'versions',
    show: async (person) => {
      await person.begin('Writer', 'Thank you');
      await person.answered();
      await person.page.getByRole('button', { name: 'Answer again' }).click();
      await person.page.getByRole('group', { name: 'The answers' }).waitFor();
      await person.answered();
    },
  },
  {
    name: 'editing',
    show: async (person) => {
      await person.page.getByRole('article', { name: 'You' }).hover();
      await person.page.getByRole('button', { name: 'Edit your message' }).click();
      await person.page.getByRole('textbox', { name: 'Edit your message' }).waitFor();
    },
  },
  {
    name: 'stopped',
    show: async (person) => {
      await person.begin('Writer', 'Count to 2000');
      await person.lastAnswer.getByText(/1 2 3/).waitFor();
      await person.page.getByRole('button', { name: 'Stop the answer' }).click();
      await person.page.getByText('You stopped this answer.').waitFor();
    },
  },
  {
    name: 'failure',
    show: async (person) => {
      await person.begin('Writer', 'Please break');
      await person.page.getByText('The answer failed', { exact: true }).waitFor();
    },
  },
  {
    name: 'comment',
    show: async (person) => {
      const { page } = person;
      await person.begin('Writer', 'Explain yourself');
      await person.answered();
      await page.getByRole('button', { name: 'Bad answer' }).click();
      await page.getByRole('button', { name: 'Add a comment' }).click();
      await page.getByLabel('Your comment on this answer').fill('Too short to be of use.');
    },
  },
  {
    name: 'unknown-chat',
    show: async ({ page }) => {
      await page.goto(new URL('/c/nothing-here', page.url()).href);
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'chats',
    show: async (person) => {
      await person.goHome();
      const { page } = person;
      await page.getByRole('link', { name: 'Writer', exact: true }).waitFor();
      const menu = page.getByRole('button', { name: 'Open the list of chats' });
      if (await menu.isVisible()) await menu.click();
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
];
