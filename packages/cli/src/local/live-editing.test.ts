import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchSources, type LiveEditing } from './live-editing.ts';

let root: string;
let editing: LiveEditing | undefined;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'live editing '));
  for (const folder of ['apps', 'packages', 'stacks/chat-apps/weather/node_modules']) {
    await mkdir(join(root, folder), { recursive: true });
  }
});
afterEach(async () => {
  await editing?.close();
  await rm(root, { recursive: true });
});

/** Watches, and gives the paths of each update in turn. */
async function updates(duringUpdate = () => Promise.resolve()): Promise<() => Promise<string[]>> {
  const seen: string[][] = [];
  let wake: (() => void) | undefined;
  editing = await watchSources(root, async (changed) => {
    seen.push(changed);
    wake?.();
    await duringUpdate();
  });
  return async () => {
    while (seen.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return seen.shift()!;
  };
}

const weather = 'stacks/chat-apps/weather';

test('an edited file and a new folder are updates, what tools write is none', async () => {
  const next = await updates();
  await writeFile(join(root, weather, 'node_modules/x.js'), '');
  await mkdir(join(root, weather, 'dist'));
  await writeFile(join(root, weather, 'dist/x.js'), '');
  await writeFile(join(root, weather, 'prompt.md'), 'Hello');
  expect(await next()).toEqual([`${weather}/prompt.md`]);

  await mkdir(join(root, 'stacks/chat-apps/rainfall'));
  await writeFile(join(root, 'stacks/chat-apps/rainfall/package.json'), '{}');
  expect(await next()).toEqual(['stacks/chat-apps/rainfall', 'stacks/chat-apps/rainfall/package.json']);
});

test('what changes during an update is updated after it, once', async () => {
  let edits = 0;
  const next = await updates(async () => {
    edits += 1;
    if (edits === 1) await writeFile(join(root, weather, 'second.md'), '');
  });
  await writeFile(join(root, weather, 'first.md'), '');
  expect(await next()).toEqual([`${weather}/first.md`]);
  expect(await next()).toEqual([`${weather}/second.md`]);
});
