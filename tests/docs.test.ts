import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Every `pnpm …` command of the text: the name of the script it runs. */
function scriptsIn(text: string): string[] {
  return [...text.matchAll(/(?:npx )?pnpm (?:run )?([a-z][a-z:]*)/g)].map(([, script]) => script!);
}

async function documents(): Promise<{ name: string; text: string }[]> {
  const docs = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md'));
  const names = ['README.md', ...docs.map((name) => `docs/${name}`)];
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(root, name), 'utf8') })));
}

/** What runs commands: the tests of the running system, and what CI runs. */
async function runners(): Promise<string> {
  const folder = join(root, 'tests/system');
  const files = (await readdir(folder)).map((name) => join(folder, name));
  const texts = await Promise.all([...files, join(root, '.ci/run')].map((file) => readFile(file, 'utf8')));
  return texts.join('\n');
}

test('every command that the documents name exists and is run by a test or by CI', async () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const ran = await runners();
  for (const { name, text } of await documents()) {
    for (const script of scriptsIn(text)) {
      expect(Object.keys(scripts), `${name} names pnpm ${script}`).toContain(script);
      expect(ran, `${name} names pnpm ${script}`).toMatch(
        new RegExp(`'pnpm', \\['(run', ')?${script}'|pnpm (run )?${script}\\b`),
      );
    }
  }
});

test('every file and folder that the documents point to exists', async () => {
  for (const { name, text } of await documents()) {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path!);
    const base = join(root, name, '..');
    for (const link of links)
      await expect(readFile(join(base, link)), `${name} points to ${link}`).resolves.toBeDefined();
  }
});
