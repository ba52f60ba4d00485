import type { SiteState } from '../states.ts';

/** Where chats are begun, and a chat as it goes. */
export const chatStates: SiteState[] = [
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
      await person.page.getByRole('group', { name: 'Tool forecast' }).getByRole('button').click();
    },
  },
  {
    name: 'tool-progress',
    show: async (person) => {
      await person.begin('Reader', 'Read the long report');
      await person.page.getByRole('progressbar').waitFor();
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
    name: 'wide',
    show: async (person) => {
      await person.begin(
        'Writer',
        `Show me something wide about ${'Donaudampfschifffahrtsgesellschaft'.repeat(3)}`,
      );
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
    name: 'waiting',
    show: async (person) => {
      await person.begin('Writer', 'Ponder this');
      await person.page.getByRole('button', { name: 'Stop the answer' }).waitFor();
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
    name: 'asked',
    show: async (person) => {
      await person.begin('Writer', 'Refund Ada');
      await person.page.getByRole('button', { name: 'Approve', exact: true }).waitFor();
    },
  },
  {
    name: 'declining',
    show: async ({ page }) => {
      await page.getByRole('button', { name: 'Decline', exact: true }).click();
      await page.getByRole('textbox', { name: /Why not/ }).fill('She was paid last week.');
    },
  },
  {
    name: 'declined',
    show: async (person) => {
      await person.page.getByRole('button', { name: 'Decline', exact: true }).click();
      await person.lastAnswer.getByText(/The tool says/).waitFor();
      await person.answered();
    },
  },
  {
    name: 'asked-hidden-characters',
    show: async (person) => {
      await person.begin('Writer', 'Refund hidden');
      await person.page
        .getByText(String.raw`\u{E0041}`)
        .last()
        .waitFor();
    },
  },
  {
    name: 'asked-large',
    show: async (person) => {
      await person.begin('Writer', 'Refund a large sum');
      await person.page.getByRole('button', { name: 'Approve', exact: true }).waitFor();
    },
  },
  {
    name: 'approval-expired',
    show: async (person) => {
      await person.begin('Writer', 'Hurry with it');
      await person.page.getByText('ran out').waitFor();
    },
  },
];
