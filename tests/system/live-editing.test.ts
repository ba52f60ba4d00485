import { appendFile, cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from '@parley/contract/session';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyWorkspace, type WorkspaceCopy } from '../workspace/workspace-copy.ts';
import { addProbeApp } from './probe-app.ts';
import { start, type RunningStart, type StartEvent } from './running-start.ts';
import { ask, eventsOf, signIn, textOf, type User } from './user.ts';

let copy: WorkspaceCopy;
let running: RunningStart;
let ada: User;

beforeAll(async () => {
  copy = await copyWorkspace();
  await addProbeApp(copy.root);
  running = await start(copy);
  ada = await signIn(running.url, 'ada');
});
afterAll(async () => {
  await running?.stop();
  await copy?.dispose();
});

const probeTool = 'stacks/chat-apps/probe/tools/probe.ts';

/** Edits, waits until the edit was taken in, and gives the events of that. */
async function edit(change: () => Promise<unknown>): Promise<StartEvent[]> {
  const from = running.events.length;
  const updated = running.next('updated');
  await change();
  await updated;
  return running.events.slice(from);
}

async function replaceIn(file: string, before: string, after: string): Promise<void> {
  const path = join(copy.root, file);
  await writeFile(path, (await readFile(path, 'utf8')).replace(before, after));
}

async function probe(): Promise<string> {
  const { id } = await ada.post<Session>('/api/sessions', { app: 'probe' });
  return textOf(await eventsOf(await ask(ada, id, 'Run the probe that answers')));
}

async function appIds(): Promise<string[]> {
  const { chatApps } = await ada.get<{ chatApps: { id: string }[] }>('/api/chat-apps');
  return chatApps.map(({ id }) => id).sort();
}

function changedStacks(events: StartEvent[]): unknown[] {
  return events
    .filter(({ type, outcome }) => type === 'stack' && outcome !== 'unchanged')
    .map(({ stack }) => stack);
}

test('an edited tool answers the next message, and nothing but its stack changes', async () => {
  expect(await probe()).toContain('says hello');
  const events = await edit(() => replaceIn(probeTool, 'says hello', 'says goodbye'));
  expect(changedStacks(events)).toEqual(['parley-local-probe']);
  expect(await probe()).toContain('says goodbye');
});

test('an edit that does not compile shows one message and leaves the old version serving', async () => {
  const events = await edit(() => replaceIn(probeTool, 'export const tool', 'export const tool tool'));
  const problems = events.flatMap(({ type, stacks }) =>
    type === 'synthesized'
      ? (stacks as { problems: string[] }[]).flatMap(({ problems: lines }) => lines)
      : [],
  );
  expect(problems).toEqual([expect.stringMatching(/^stacks\/chat-apps\/probe\/tools\/probe\.ts:\d+:\d+: /)]);
  expect(changedStacks(events)).toEqual([]);
  expect(await probe()).toContain('says goodbye');
  await edit(() => replaceIn(probeTool, 'export const tool tool', 'export const tool'));
  expect(await probe()).toContain('says goodbye');
});

test('an edited service is started anew while the others go on', async () => {
  const said = "process.stdout.write('an edited service runs\\n');\n";
  const events = await edit(() => appendFile(join(copy.root, 'apps/registry-api/src/server.ts'), said));
  expect(changedStacks(events)).toEqual(['parley-local-registry']);
  expect(events).toContainEqual(expect.objectContaining({ type: 'log', line: 'an edited service runs' }));
  expect(await appIds()).toEqual(['probe', 'weather']);
});

test('a copied folder appears and a deleted one retires, without a restart', async () => {
  const rainfall = join(copy.root, 'stacks/chat-apps/rainfall');
  const manifest = await readFile(join(copy.root, 'stacks/chat-apps/weather/package.json'), 'utf8');
  await edit(async () => {
    await cp(join(copy.root, 'stacks/chat-apps/weather'), rainfall, {
      recursive: true,
      verbatimSymlinks: true,
    });
    await writeFile(join(rainfall, 'package.json'), manifest.replace('"weather"', '"rainfall"'));
  });
  await expect.poll(appIds, { timeout: 30_000 }).toEqual(['probe', 'rainfall', 'weather']);
  await rm(rainfall, { recursive: true });
  await expect.poll(appIds, { timeout: 30_000 }).toEqual(['probe', 'weather']);
});

test('it goes on taking edits in when nobody reads what it prints', async () => {
  running.closeOutput();
  await replaceIn(probeTool, 'says goodbye', 'says good night');
  await expect.poll(probe, { timeout: 30_000, interval: 500 }).toContain('says good night');
});
