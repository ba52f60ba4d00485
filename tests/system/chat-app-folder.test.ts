import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageText, type Message } from '@parley/contract/message';
import type { Session } from '@parley/contract/session';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { start } from './running-start.ts';
import { ask, eventsOf, signIn, textOf, type User } from './user.ts';
import { copyWorkspace, type WorkspaceCopy } from '../workspace/workspace-copy.ts';

let copy: WorkspaceCopy;
let weather: string;
let rainfall: string;
let conversation: { id: string; text: string };

beforeAll(async () => {
  copy = await copyWorkspace();
  weather = join(copy.root, 'stacks/chat-apps/weather');
  rainfall = join(copy.root, 'stacks/chat-apps/rainfall');
});
afterAll(() => copy?.dispose());

async function whileRunning(
  use: (user: User, events: Record<string, unknown>[]) => Promise<void>,
): Promise<void> {
  const running = await start(copy);
  try {
    await use(await signIn(running.url, 'ada'), running.events);
  } finally {
    await running.stop();
  }
}

async function appIds(user: User): Promise<string[]> {
  const { chatApps } = await user.get<{ chatApps: { id: string }[] }>('/api/chat-apps');
  return chatApps.map(({ id }) => id).sort();
}

async function answer(user: User, app: string): Promise<{ id: string; text: string }> {
  const { id } = await user.post<Session>('/api/sessions', { app });
  return {
    id,
    text: textOf(await eventsOf(await ask(user, id, 'What will the weather be in Oslo tomorrow?'))),
  };
}

const problemsOf = (events: Record<string, unknown>[]) =>
  JSON.stringify(events.filter(({ type }) => type !== 'ready'));

test('a copied folder is reported until its package has a name of its own, and everything else runs', async () => {
  await cp(weather, rainfall, { recursive: true });
  await whileRunning(async (user, events) => {
    expect(problemsOf(events)).toContain(
      'stacks/chat-apps/rainfall/package.json: name: \\"weather\\" is the name of',
    );
    expect(await appIds(user)).toEqual(['weather']);
    expect((await answer(user, 'weather')).text).toMatch(/Oslo/);
  });
});

test('with its one line changed, the copy is a second app that answers on its own', async () => {
  const file = join(rainfall, 'package.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace('"name": "weather"', '"name": "rainfall"'));
  await whileRunning(async (user) => {
    expect(await appIds(user)).toEqual(['rainfall', 'weather']);
    conversation = await answer(user, 'rainfall');
    expect(conversation.text).toMatch(/Oslo/);
  });
});

test('the copy’s own tests pass where it stands', async () => {
  const { exitCode, all } = await copy.run('vitest', ['run', 'stacks/chat-apps/rainfall']);
  expect(exitCode, all).toBe(0);
});

test('an app that cannot be synthesized says why and keeps its last good version', async () => {
  const prompt = await readFile(join(rainfall, 'prompt.md'), 'utf8');
  await rm(join(rainfall, 'prompt.md'));
  await whileRunning(async (user, events) => {
    expect(problemsOf(events)).toContain('stacks/chat-apps/rainfall/prompt.md');
    expect(await appIds(user)).toEqual(['rainfall', 'weather']);
    expect((await answer(user, 'rainfall')).text).toMatch(/Oslo/);
  });
  await writeFile(join(rainfall, 'prompt.md'), prompt);
});

test('a deleted folder retires its app, and its conversations stay readable', async () => {
  await rm(rainfall, { recursive: true });
  await whileRunning(async (user) => {
    expect(await appIds(user)).toEqual(['weather']);
    const { messages } = await user.get<{ messages: Message[] }>(`/api/sessions/${conversation.id}/messages`);
    expect(messageText(messages.at(-1)!)).toBe(conversation.text);
    const refused = await ask(user, conversation.id, 'And the day after?', messages.at(-1)!.id);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(((await refused.json()) as { error: { message: string } }).error.message).toMatch(/rainfall/);
  });
});
