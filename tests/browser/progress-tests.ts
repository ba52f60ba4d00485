import { expect, test } from 'vitest';
import type { World } from './browser.test.ts';

/** A tool that says how far it is, as a user sees it. */
export function progressTests({ somebody }: World): void {
  test('a tool shows how far it is while it works, in every tab and after a reload, until it has its answer', async () => {
    const person = await somebody();
    const { page } = person;
    await person.begin('Reader', 'Read the short report');
    const card = page.getByRole('group', { name: 'Tool read-report' });
    const bar = card.getByRole('progressbar', { name: 'Progress of read-report' });
    await expect.poll(() => bar.getAttribute('value')).toBe('42.8');
    expect(await card.innerText()).toMatch(/Running…[\s\S]*42 %\s*Reading 3 of 7 pages/);
    const other = await person.duplicateTab();
    await other.page.getByRole('progressbar', { name: 'Progress of read-report' }).waitFor();
    await page.reload();
    await bar.waitFor();
    await person.answered();
    expect(await card.innerText()).toMatch(/Done · \d/);
    expect(await card.innerText()).not.toContain('Reading 3 of 7 pages');
    await other.answered();
    expect(await other.page.getByRole('progressbar').count()).toBe(0);
    expect(person.complaints).toEqual([]);
  });

  test('a tool that fails after it said how far it was shows its error; one that is stopped, how far it was', async () => {
    const person = await somebody();
    const { page } = person;
    await person.begin('Reader', 'Read the torn report');
    const card = page.getByRole('group', { name: 'Tool read-report' }).last();
    await card.getByRole('progressbar').waitFor();
    await card.getByText('Failed').waitFor();
    expect(await card.getByRole('progressbar').count()).toBe(0);
    await person.answered();
    await person.say('Read the long report');
    await card.getByRole('progressbar').waitFor();
    await page.getByRole('button', { name: 'Stop the answer' }).click();
    await page.getByText('You stopped this answer.').waitFor();
    expect(await card.innerText()).toMatch(/Not finished[\s\S]*42 %\s*Reading 3 of 7 pages/);
    expect(await card.getByRole('progressbar').count()).toBe(0);
    expect(person.complaints).toEqual([]);
  });
}
