import { openLine } from '@parley/service/testing/line';
import { expect, onTestFinished, test } from 'vitest';
import type { World } from './browser.test.ts';
import type { Person } from './person.ts';

/** Tools that ask before they are called. */
export function approvalTests({ site, somebody }: World): void {
  test('a call that is approved is made, and the answer goes on in its place', async () => {
    const person = await somebody();
    await person.begin('Writer', 'Refund Ada');
    const card = cardOf(person);
    await expect
      .poll(() => card.innerText())
      .toMatch(/refund[\s\S]*Waits for you[\s\S]*Writer asks to use refund/);
    expect(await card.innerText()).toMatch(/customer\s+Ada Lovelace\s+amount\s+150[\s\S]*another 23 h/);
    await card.getByRole('button', { name: 'Approve', exact: true }).click();
    await expect.poll(() => person.words()).toMatch(/The tool says: .*Ada Lovelace got 150/);
    await person.answered();
    const shown = async () => [
      await person.answers.count(),
      await cardOf(person).count(),
      await cardOf(person).innerText(),
    ];
    expect(await shown()).toEqual([1, 1, expect.stringMatching(/Approved · Done/)]);
    expect(await person.words()).toContain('I can pay that back.');
    await person.page.reload();
    await expect.poll(shown).toEqual([1, 1, expect.stringMatching(/Approved · Done/)]);
    await person.page.getByRole('button', { name: 'Answer again' }).click();
    await person.page.getByRole('group', { name: 'The answers' }).waitFor();
    expect(await person.page.getByRole('group', { name: 'The answers' }).innerText()).toContain('2 / 2');
    expect(person.complaints).toEqual([]);
  });

  test('characters that nobody sees are codes, in what is asked and in what was sent', async () => {
    const person = await somebody();
    await person.begin('Writer', 'Refund hidden');
    const card = cardOf(person);
    const seen = /עדה 1\\u200B2[\s\S]*to \\u202E24 NABI ,adA\\u202C \\u\{E0041\}/;
    await expect.poll(() => card.getByLabel('Input of the call').innerText()).toMatch(seen);
    await card.getByRole('button', { name: /refund/ }).click();
    await expect.poll(() => card.getByLabel('Input', { exact: true }).innerText()).toMatch(seen);
    expect(await card.innerText()).not.toMatch(/[\u202a-\u202e\u200b]/);
    const codes = await card.getByLabel('Input of the call').locator('.hidden-mark').allInnerTexts();
    expect(codes).toEqual([
      String.raw`\u200B`,
      String.raw`\u202E`,
      String.raw`\u202C`,
      String.raw`\u{E0041}`,
    ]);
    expect(person.complaints).toEqual([]);
  });

  test.each([360, 1100])('names and values of any length are in sight at %d pixels', async (width) => {
    const person = await somebody();
    await person.page.setViewportSize({ width, height: 800 });
    await person.begin('Writer', 'Refund a large sum');
    const input = cardOf(person).getByLabel('Input of the call');
    await input.getByText('of somebody else').waitFor();
    const fields = await input.locator('> div').evaluateAll((rows) =>
      rows.map((row) => {
        const [name, value] = [...row.children];
        const [nameBox, valueBox] = [name!.getBoundingClientRect(), value!.getBoundingClientRect()];
        return {
          isClipped: name!.scrollWidth > name!.clientWidth,
          isOverlaid: nameBox.right > valueBox.left && nameBox.bottom > valueBox.top,
          valueHeight: valueBox.height,
        };
      }),
    );
    const isWhole = await input.evaluate((list) => list.scrollHeight <= list.clientHeight);
    expect(isWhole, 'the input is cut where it must be scrolled').toBe(true);
    const line = expect.closeTo(fields[0]!.valueHeight, 0);
    const lines = [line, line, line, line, line, expect.any(Number), line];
    expect(fields).toEqual(
      lines.map((valueHeight) => ({ isClipped: false, isOverlaid: false, valueHeight })),
    );
    expect(await input.innerText()).toMatch(/umbrella\n\n\n(?:\\u000A){27}and the hat/);
  });

  test('it waits through a reload; by keyboard it is declined with a reason, which the model is told', async () => {
    const person = await somebody();
    const { page } = person;
    await person.begin('Writer', 'Refund Ada');
    await cardOf(person).getByRole('button', { name: 'Approve', exact: true }).waitFor();
    await page.reload();
    await cardOf(person).getByRole('button', { name: 'Decline', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('She was paid');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => person.words()).toContain('Declined by the user: She was paid');
    expect(await cardOf(person).innerText()).toContain('Declined');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Message');
  });

  test('declining can be given up by Escape, and the focus is where it was', async () => {
    const person = await somebody();
    await person.begin('Writer', 'Refund Ada');
    const decline = cardOf(person).getByRole('button', { name: 'Decline', exact: true });
    await decline.focus();
    await person.page.keyboard.press('Enter');
    await person.page.keyboard.type('She was');
    await person.page.keyboard.press('Escape');
    const focused = () => person.page.evaluate(() => document.activeElement?.textContent);
    await expect.poll(focused, { timeout: 5_000 }).toBe('Decline');
    expect(await cardOf(person).getByRole('textbox').count()).toBe(0);
  });

  test('what is answered in one tab goes on in the other', async () => {
    const person = await somebody();
    await person.begin('Writer', 'Refund Ada');
    const other = await person.duplicateTab();
    await cardOf(other).getByRole('button', { name: 'Approve', exact: true }).click();
    await expect.poll(() => person.words()).toMatch(/Ada Lovelace got 150/);
    expect(await cardOf(person).getByRole('button', { name: 'Approve', exact: true }).count()).toBe(0);
    expect(await cardOf(person).innerText()).toContain('Approved · Done');
  });

  test('of several calls each is decided, and they are sent together', async () => {
    const person = await somebody();
    await person.begin('Writer', 'Refund both');
    const [ada, grace] = [cardOf(person).first(), cardOf(person).last()];
    await ada.getByRole('button', { name: 'Approve', exact: true }).click();
    await ada.getByText('You approve this.').waitFor();
    await grace.getByRole('button', { name: 'Decline', exact: true }).click();
    await grace.getByRole('button', { name: 'Decline', exact: true }).click();
    await expect.poll(() => person.words()).toMatch(/Ada Lovelace got 150[\s\S]*Declined by the user/);
  });

  test('when its time is over the card says so, and writing on is possible', async () => {
    const person = await somebody();
    await person.begin('Writer', 'Hurry with it');
    const card = person.page.getByRole('group', { name: 'Tool hurried' });
    await expect.poll(() => card.innerText()).toMatch(/Expired[\s\S]*ran out/);
    await card.getByRole('button', { name: 'Approve', exact: true, disabled: true }).waitFor();
    await person.say('Never mind');
    await expect.poll(() => person.words()).toContain('You said: Never mind');
    expect(await card.innerText()).toContain('Not made');
    expect(person.complaints).toEqual([]);
  });

  test('without a connection nothing can be decided, and the card says why', async () => {
    const person = await somebody();
    await person.begin('Writer', 'Refund Ada');
    await cardOf(person).getByRole('button', { name: 'Approve', exact: true }).waitFor();
    const line = await openLine(site().url);
    onTestFinished(() => line.close());
    const other = await person.duplicateTab(line.url);
    await cardOf(other).getByRole('button', { name: 'Approve', exact: true }).waitFor();
    line.cut();
    await other.page.getByText('you can answer once it is back').waitFor();
    const approve = cardOf(other).getByRole('button', { name: 'Approve', exact: true });
    expect(await approve.isEnabled()).toBe(false);
    line.mend();
    await expect.poll(() => other.page.getByText('you can answer once it is back').count()).toBe(0);
    await approve.click();
    await expect.poll(() => person.words()).toMatch(/Ada Lovelace got 150/);
  });
}

function cardOf({ page }: Person) {
  return page.getByRole('group', { name: 'Tool refund' });
}
