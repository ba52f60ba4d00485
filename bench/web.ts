/**
 * What the first load of the site brings, and how long it takes until somebody can use it:
 *   node scripts/run.mjs bench/web.ts [--runs <n>] [--json]
 * It starts a system of its own. The baseline is a page without scripts and one request with the user's token,
 * at the same gateway in the same run: what the machine, the browser and the services take whatever the page is.
 */
import { launch, Person } from '@parley/tests/person';
import { firstScripts, scriptsDuring } from '@parley/tests/page-load';
import { startSite } from '@parley/tests/site';
import { parseArgs } from 'node:util';
import { measureTimes } from './web/times.ts';
import { report, type WebFigures } from './web/report.ts';

const usage = `usage: node scripts/run.mjs bench/web.ts [--runs <n>] [--json]

Prints the compressed JavaScript of the first load and of the highlighting, and the time until the home page
and a chat can be used, with an empty and a warm cache. Needs Chromium (CHROMIUM_PATH).

  --runs <n>  navigations of each kind; the median counts. Default: 9
  --json      one JSON object in place of tables
`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '9' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
if (values.help) process.stdout.write(usage);
else if (!Number.isInteger(runs) || runs < 1) {
  process.stderr.write(`--runs is “${values.runs}”; expected a whole number from 1 on.\n\n${usage}`);
  process.exitCode = 2;
} else process.stdout.write(values.json ? `${JSON.stringify(await measure())}\n` : report(await measure()));

async function measure(): Promise<WebFigures> {
  const [site, browser] = await Promise.all([startSite(), launch()]);
  try {
    const person = await Person.arrive(browser, site.url, 'bench');
    await person.begin('Writer', 'Hello');
    await person.answered();
    const firstLoad = {
      home: await firstScripts(person, site.url),
      chat: await firstScripts(person, person.page.url()),
    };
    const highlighting = await scriptsDuring(person.page, async () => {
      await person.say('Compare three ways to sort');
      await person.lastAnswer.locator('code .hljs-keyword').first().waitFor();
    });
    return { firstLoad, highlighting, times: await measureTimes(person, site.url, runs) };
  } finally {
    await browser.close();
    await site.stop();
  }
}
