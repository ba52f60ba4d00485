import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import type { World } from './browser.test.ts';
import { focused, tabTo } from './keyboard.ts';
import type { Person } from './person.ts';

const comment = 'Your comment on this answer';

/** What a user thinks of an answer, said the way a user says it. */
export function feedbackTests({ somebody }: World): void {
  test('a thumb is pressed, changed and taken back; a reload keeps it, and another tab sees it', async () => {
    const person = await withAnswer(await somebody());
    await thumb(person, 'Good').click();
    await isPressed(person, 'Good');
    const other = await person.duplicateTab();
    await isPressed(other, 'Good');

    await thumb(person, 'Bad').click();
    await isPressed(person, 'Bad');
    await isPressed(other, 'Bad');
    await person.page.reload();
    await isPressed(person, 'Bad');

    await thumb(other, 'Bad').click();
    await isPressed(other);
    await isPressed(person);
    await person.page.reload();
    await person.answered();
    await isPressed(person);
    expect(await person.page.getByRole('button', { name: 'Add a comment' }).count()).toBe(0);
    expect(person.complaints).toEqual([]);
  });

  test('a thumb that is pressed when the page is left at once is kept', async () => {
    const person = await withAnswer(await somebody());
    await thumb(person, 'Good').click();
    await person.page.reload();
    await isPressed(person, 'Good');
    expect(person.complaints).toEqual([]);
  });

  test('a comment is added, is there after a reload, is changed and taken out again', async () => {
    const person = await withAnswer(await somebody());
    const { page } = person;
    const field = page.getByLabel(comment);
    await thumb(person, 'Bad').click();
    await page.getByRole('button', { name: 'Add a comment' }).click();
    await field.fill('It said nothing new.');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Add a comment' }).click();
    expect(await field.inputValue()).toBe('');
    await field.fill('It said\nnothing new.');
    await page.getByRole('button', { name: 'Send comment' }).click();
    const change = page.getByRole('button', { name: 'Change your comment' });
    await expect.poll(() => field.count()).toBe(0);

    await page.reload();
    await isPressed(person, 'Bad');
    await change.click();
    expect(await field.inputValue()).toBe('It said\nnothing new.');
    await field.fill('');
    await page.getByRole('button', { name: 'Send comment' }).click();
    await page.getByRole('button', { name: 'Add a comment' }).waitFor();
    await expect.poll(() => field.count()).toBe(0);
    await isPressed(person, 'Bad');
  });

  test('all of it works by keyboard alone, and the focus is never lost', async () => {
    const person = await withAnswer(await somebody());
    const { page } = person;
    await tabTo(page, /^Bad answer$/, 'Shift+Tab');
    await page.keyboard.press('Space');
    await isPressed(person, 'Bad');
    await tabTo(page, /^Add a comment$/);
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe(comment);
    await page.keyboard.press('Escape');
    await expect.poll(() => focused(page)).toBe('Add a comment');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe(comment);
    await page.keyboard.type('By keyboard.');
    await tabTo(page, /^Send comment$/);
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Change your comment');
    await tabTo(page, /^Bad answer$/, 'Shift+Tab');
    await page.keyboard.press('Enter');
    await isPressed(person);
    expect(await focused(page)).toBe('Bad answer');
  });

  test('what cannot be saved is shown at once, taken back, and said; a comment that was written stays', async () => {
    const person = await withAnswer(await somebody());
    const { page } = person;
    const line = await heldFeedback(person);
    const field = page.getByLabel(comment);
    await thumb(person, 'Good').click();
    await isPressed(person, 'Good');
    await page.getByRole('button', { name: 'Add a comment' }).click();
    await field.fill('Well put.');
    line.fail();
    await isPressed(person);
    await expect.poll(() => page.getByRole('alert').innerText()).toContain('Your feedback was not saved.');
    expect(await field.inputValue()).toBe('Well put.');
    await page.getByRole('button', { name: 'Send comment' }).click();
    await expect.poll(() => focused(page)).toBe(comment);
    expect(await field.inputValue()).toBe('Well put.');

    line.mend();
    await page.getByRole('button', { name: 'Send comment' }).click();
    await page.getByRole('button', { name: 'Change your comment' }).waitFor();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
    await page.reload();
    await isPressed(person, 'Good');
    expect(person.complaints).toEqual([]);
  });

  test('an answer that is being written has no thumbs; one that was stopped has', async () => {
    const person = await somebody();
    await person.begin('Writer', 'Count to 2000');
    await expect.poll(() => person.words()).toMatch(/^1 2 3/);
    expect(await thumb(person, 'Good').count()).toBe(0);
    await person.page.getByRole('button', { name: 'Stop the answer' }).click();
    await thumb(person, 'Good').click();
    await isPressed(person, 'Good');
    await person.page.reload();
    await isPressed(person, 'Good');
  });
}

async function withAnswer(person: Person): Promise<Person> {
  await person.begin('Writer', 'Tell me something');
  await person.answered();
  return person;
}

function thumb({ lastAnswer }: Person, which: 'Good' | 'Bad'): Locator {
  return lastAnswer.getByRole('button', { name: `${which} answer`, exact: true });
}

/** Waits until this thumb is pressed and no other. */
async function isPressed(person: Person, which?: 'Good' | 'Bad'): Promise<void> {
  const pressed = person.lastAnswer
    .getByRole('group', { name: /What you think/ })
    .locator('[aria-pressed=true]');
  await thumb(person, 'Good').waitFor();
  const names = () => pressed.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')));
  await expect.poll(names).toEqual(which ? [`${which} answer`] : []);
}

/** The line of this page's feedback: holds what is sent until it fails or is mended. */
async function heldFeedback({ page }: Person): Promise<{ fail(): void; mend(): void }> {
  let fate = Promise.withResolvers<'fail' | 'mend'>();
  let isDecided = false;
  await page.route('**/feedback', async (route) => {
    if ((await fate.promise) === 'fail') await route.abort();
    else await route.continue();
  });
  const decide = (how: 'fail' | 'mend'): void => {
    if (isDecided) fate = Promise.withResolvers();
    isDecided = true;
    fate.resolve(how);
  };
  return { fail: () => decide('fail'), mend: () => decide('mend') };
}
