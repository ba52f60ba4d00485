import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { World } from './browser.test.ts';
import { firstLoadBytesMax, firstScripts, totalBytes } from './page-load.ts';

/** What a visit costs, and what the build must not hold. */
export function weightTests({ site, somebody }: World): void {
  test('the first load of a chat brings at most 300 KB of compressed JavaScript, that of the home page less', async () => {
    const person = await somebody();
    await person.begin('Writer', 'Hello');
    await person.answered();
    const chat = await firstScripts(person, person.page.url());
    const home = await firstScripts(person, site().url);
    expect(totalBytes(home)).toBeGreaterThan(0);
    expect(totalBytes(home)).toBeLessThan(totalBytes(chat));
    expect(totalBytes(chat)).toBeLessThanOrEqual(firstLoadBytesMax);
  });

  test('the licences of what the page is made of are one link away, and nothing of the build besides', async () => {
    const { page } = await somebody();
    await page.getByRole('link', { name: /^Licences/ }).click();
    await page.waitForURL(/licenses\.txt$/);
    const text = await page.locator('body').innerText();
    for (const name of ['react', 'marked', 'highlight.js', '@assistant-ui/react'])
      expect(text).toContain(`## ${name} - `);
    // Our own services' answers are taken as they come: no schema has a place in the page.
    expect(text).not.toContain('## zod - ');
    const folders = await readdir(site().dist);
    expect(folders.filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('nothing that was built knows an address of this machine', async () => {
    const files = await readdir(site().dist, { recursive: true, withFileTypes: true });
    const texts = files.filter((file) => file.isFile() && /\.(js|css|html|svg)$/.test(file.name));
    expect(texts.length).toBeGreaterThan(3);
    for (const file of texts) {
      const text = await readFile(join(file.parentPath, file.name), 'utf8');
      expect(text, file.name).not.toMatch(/127\.0\.0\.1|localhost/);
    }
  });
}
