import type { SiteState } from '../states.ts';

const file = (name: string, mimeType: string, text: string) => ({
  name,
  mimeType,
  buffer: Buffer.from(text, 'latin1'),
});
const plan = file('the plan for our summer holidays.md', '', '# Trip\n\nThe budget is 300 EUR.');
const picture = file(
  'red.gif',
  'image/gif',
  'GIF87a\x01\0\x01\0\x80\0\0\xa0\x28\x1c\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;',
);

/** Files, with a message and beside the next one: one that is ready, and two that cannot be attached. */
export const fileStates: SiteState[] = [
  {
    name: 'files',
    show: async (person) => {
      const { page } = person;
      const choose = page.getByLabel('Files to attach');
      const ready = page.getByRole('list', { name: 'Attached files' }).getByText(/^\d+ bytes$/);
      await person.goHome();
      await page.getByRole('link', { name: 'Weather', exact: true }).click();
      await choose.setInputFiles([plan, picture]);
      await ready.nth(1).waitFor();
      await person.say('What is the budget?');
      await person.answered();
      await choose.setInputFiles([
        file('notes.txt', 'text/plain', 'Sunscreen'),
        file('film.mp4', 'video/mp4', 'x'),
        file('not-a-picture.png', 'image/png', 'words'),
      ]);
      await page.getByText(/it is text, expected an image/).waitFor();
    },
  },
];
