import { expect, test } from 'vitest';
import type { World } from './browser.test.ts';

/** Chats that are longer than a model reads, and what one can do about answers and servers that fail. */
export function longChatTests({ somebody }: World): void {
  test('a chat longer than the model reads says how much was read, and goes on from a summary', async () => {
    const person = await somebody();
    const { page } = person;
    await person.begin('Writer', `Long ${'word '.repeat(12_000)}`);
    await person.answered();
    await person.say('Thank you');
    await person.answered();
    await person.lastAnswer.getByText('The model read only the last of 3 messages.').waitFor();
    await person.lastAnswer.getByRole('button', { name: 'Compact this chat' }).last().click();
    const summary = page.getByRole('article', { name: 'Summary' });
    await expect
      .poll(() => summary.innerText())
      .toMatch(/Summary of the chat so far[\s\S]*wants short answers/);
    await person.answered();
    await person.say('And now?');
    await person.answered();
    await expect.poll(() => person.words()).toMatch(/Summary of this conversation[\s\S]*And now\?$/);
    await page.reload();
    await expect.poll(() => summary.innerText()).toMatch(/wants short answers/);
    expect(await page.getByRole('article').count()).toBe(7);
    expect(person.complaints).toEqual([]);
  });

  test('a message that does not fit can be answered after a summary, edited, or taken to a new chat', async () => {
    const person = await somebody();
    const { page } = person;
    await person.begin('Writer', 'Hello there');
    await person.answered();
    await person.say('This is too long');
    const alert = person.lastAnswer.getByRole('alert');
    await expect.poll(() => alert.innerText()).toContain('longer than the model can read');
    await alert.getByRole('button', { name: 'Edit your message' }).click();
    await page.getByRole('textbox', { name: 'Edit your message' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await alert.getByRole('button', { name: 'Compact this chat' }).click();
    await page.getByRole('button', { name: 'Answer my message now' }).click();
    await expect.poll(() => person.words()).toMatch(/This is too long$/);
    await person.answered();

    await person.begin('Writer', 'All of it is too long');
    await person.lastAnswer.getByRole('button', { name: 'New chat with this text' }).click();
    await page.waitForURL(/\/chat\/writer/);
    await expect.poll(() => person.composer.inputValue()).toBe('All of it is too long');
  });

  test('what was refused can be edited, and a model that is out of requests says when it has some again', async () => {
    const person = await somebody();
    const { page } = person;
    await person.begin('Writer', 'Something forbidden');
    await person.lastAnswer.getByRole('button', { name: 'Edit your message' }).click();
    const editor = page.getByRole('textbox', { name: 'Edit your message' });
    await editor.fill('Something else');
    await page.getByRole('button', { name: 'Send', exact: true }).first().click();
    await expect.poll(() => person.words()).toBe('You said: Something else');
    await person.answered();
    await person.say('Be exhausted');
    const again = person.lastAnswer.getByRole('button', { name: 'Try again', exact: true });
    await expect.poll(() => again.innerText()).toMatch(/^Try again\s+in (60|59) min$/);
    expect(await again.getAttribute('aria-disabled')).toBe('true');
  });

  test('an answer that was stopped before its first word is tried again, not gone on with', async () => {
    const person = await somebody();
    await person.begin('Writer', 'Ponder this');
    await person.page.getByRole('button', { name: 'Stop the answer' }).click();
    await person.lastAnswer.getByText('You stopped this answer.').waitFor();
    expect(await person.lastAnswer.getByRole('button', { name: 'Try again' }).isVisible()).toBe(true);
    expect(await person.lastAnswer.getByRole('button', { name: 'Go on' }).count()).toBe(0);
  });

  test('while our own services ask for time, what was written is kept, and sent again by itself', async () => {
    const person = await somebody();
    const { page } = person;
    const error = { code: 'unavailable', message: 'The tables do not answer. Try again in a moment.' };
    let refused = 0;
    for (const address of ['**/api/sessions', '**/runs']) {
      let left = 1;
      await page.route(address, async (route) => {
        if (route.request().method() !== 'POST' || left-- <= 0) return route.continue();
        refused += 1;
        await route.fulfill({ status: 503, headers: { 'retry-after': '1' }, json: { error } });
      });
    }
    await person.goHome();
    await page.getByRole('link', { name: 'Writer', exact: true }).click();
    await person.say('Patience');
    await page.getByText(/It is sent again by itself in \d s/).waitFor();
    await expect.poll(() => person.words()).toBe('You said: Patience');
    expect(refused).toBe(2);
  });
}
