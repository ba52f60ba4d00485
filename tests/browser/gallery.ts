/** `pnpm run gallery`: pictures of every state of the site, on phone and desktop, light and dark. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, Person } from './person.ts';
import { startSite } from './site.ts';
import { visitStates } from './states.ts';

const folder = join(import.meta.dirname, '../../apps/web/gallery');

const [site, browser] = await Promise.all([startSite(), launch()]);
try {
  await mkdir(folder, { recursive: true });
  for (const size of ['desktop', 'phone'] as const) {
    for (const look of ['light', 'dark'] as const) {
      const person = await Person.arrive(browser, site.url, `${size}-${look}`, { size, look });
      await visitStates(person, async (name) => {
        const path = join(folder, `${name}-${size}-${look}.png`);
        await person.page.screenshot({ path });
        console.log(path);
      });
      await person.leave();
    }
  }
} finally {
  await browser.close();
  await site.stop();
}
