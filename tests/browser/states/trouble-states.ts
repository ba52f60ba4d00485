import type { SiteState } from '../states.ts';

/** What did not work, or is not there. */
export const troubleStates: SiteState[] = [
  {
    name: 'failure',
    show: async (person) => {
      await person.begin('Writer', 'Please break');
      await person.page.getByText('The answer failed', { exact: true }).waitFor();
    },
  },
  {
    name: 'not-sent',
    show: async (person) => {
      const error = {
        code: 'conflict',
        message: 'Another answer is being written in this chat. Wait for it.',
      };
      await person.page.route('**/runs', (route) => route.fulfill({ status: 409, json: { error } }));
      await person.begin('Writer', 'Will not be sent');
      await person.page.getByRole('button', { name: 'Send again' }).waitFor();
    },
  },
  {
    name: 'not-fetched',
    show: async (person) => {
      const visitor = person.page;
      await visitor.route('**/assets/conversation-view-*.js', (route) => route.abort());
      await visitor.reload();
      await visitor.getByRole('button', { name: 'Load the page again' }).waitFor();
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
    name: 'nothing-to-use',
    show: async (person) => {
      await person.page.route('**/api/chat-apps', (route) => route.fulfill({ json: { chatApps: [] } }));
      await person.goHome();
      await person.page.getByText('There is no chat app here').waitFor();
    },
  },
];
