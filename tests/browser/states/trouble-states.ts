import type { Page } from 'playwright-core';
import type { SiteState } from '../states.ts';

const busy = { code: 'unavailable', message: 'The tables do not answer. Try again in a moment.' };

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
    name: 'overflow',
    show: async (person) => {
      await person.begin('Writer', 'Hello there');
      await person.answered();
      await person.say('This is too long');
      await person.page.getByRole('button', { name: 'New chat with this text' }).waitFor();
    },
  },
  {
    name: 'summary',
    show: async ({ page }) => {
      await page.getByRole('alert').getByRole('button', { name: 'Compact this chat' }).click();
      await page.getByRole('button', { name: 'Answer my message now' }).waitFor();
    },
  },
  {
    name: 'refused',
    show: async (person) => {
      await person.begin('Writer', 'Something forbidden');
      await person.page.getByRole('button', { name: 'Try again' }).waitFor();
    },
  },
  {
    name: 'exhausted',
    show: async (person) => {
      await person.begin('Writer', 'Be exhausted');
      await person.page.getByText(/Try again in \d+ min/).waitFor();
    },
  },
  {
    name: 'model-unavailable',
    show: async (person) => {
      await person.begin('Writer', 'Be retired');
      await person.page.getByRole('button', { name: 'Try again' }).waitFor();
    },
  },
  {
    name: 'limits',
    show: async (person) => {
      await person.begin('Writer', 'A step too far');
      await person.answered();
      await showAnswerAs(person.page, {
        status: 'failed',
        context: { read: 14, of: 62, trimmed: 3 },
        error: {
          code: 'budget-reached',
          message:
            'This answer reached its limit of 12 model calls and was ended. Continue it, or ask for less at once.',
        },
        parts: [
          {
            type: 'dynamic-tool',
            toolCallId: 't',
            toolName: 'forecast',
            input: { city: 'Lisbon' },
            state: 'output-error',
            errorText: 'The tool "forecast" did not answer within 13 s.',
          },
          { type: 'text', text: 'The forecast is not to be had, so I' },
        ],
      });
      await person.page.getByRole('button', { name: 'Continue' }).waitFor();
    },
  },
  {
    name: 'busy-services',
    show: async ({ page }) => {
      await page.route('**/events', (route) =>
        route.fulfill({ status: 503, headers: { 'retry-after': '60' }, json: { error: busy } }),
      );
      await page.reload();
      await page.getByText(/Reconnecting in \d+ s/).waitFor();
    },
  },
  {
    name: 'not-sent-yet',
    show: async (person) => {
      await person.page.route('**/api/sessions', (route) =>
        route.request().method() === 'POST'
          ? route.fulfill({ status: 503, headers: { 'retry-after': '60' }, json: { error: busy } })
          : route.continue(),
      );
      await person.goHome();
      await person.page.getByRole('link', { name: 'Writer', exact: true }).click();
      await person.say('Will be sent by itself');
      await person.page.getByText(/It is sent again by itself in/).waitFor();
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

/** Shows the last answer of the chat as if it had ended like this. */
async function showAnswerAs(page: Page, end: object): Promise<void> {
  await page.route('**/messages', async (route) => {
    const response = await route.fetch();
    const { messages } = (await response.json()) as { messages: object[] };
    await route.fulfill({
      response,
      json: { messages: [...messages.slice(0, -1), { ...messages.at(-1), ...end }] },
    });
  });
  await page.reload();
}
