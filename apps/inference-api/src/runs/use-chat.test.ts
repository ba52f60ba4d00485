import { messageText } from '@parley/contract/message';
import { openLine } from '@parley/service/testing/line';
import type { UIMessage } from 'ai';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createClient } from '../testing/client.ts';
import { mountChat, parleyTransport, type MountedChat } from '../testing/use-chat.ts';
import { defaultForecast, startWorld, type Instance, type World } from '../testing/world.ts';

const question = 'What will the weather be in Lisbon tomorrow?';

let world: World;
let instance: Instance;
let headers: Record<string, string>;
beforeAll(async () => {
  world = await startWorld();
  instance = await world.startInstance({ modelOptions: { demoWordDelayMs: 15 } });
  headers = await world.issuer.headers({ sub: 'alice' });
});
afterAll(() => world.close());

function open(
  id: string,
  options: { url?: string; messages?: UIMessage[]; resume?: boolean } = {},
): MountedChat {
  const { url = instance.url, ...rest } = options;
  const chat = mountChat({ id, transport: parleyTransport(url, headers), ...rest });
  onTestFinished(() => chat.unmount());
  return chat;
}

const ready = (chat: MountedChat) =>
  vi.waitFor(() => expect(chat.now().status).toBe('ready'), { timeout: 10_000 });
const halfway = (chat: MountedChat) =>
  vi.waitFor(() => expect(chat.answer().length).toBeGreaterThan(20), { timeout: 10_000 });

/** From now on answers are longer than any test: they have to be stopped. */
function answerAtLength(): void {
  const summary = Array.from({ length: 2_000 }, (_, i) => `word${i}`).join(' ');
  world.forecast.handler = ({ place }) => ({ place, summary });
  onTestFinished(() => void (world.forecast.handler = defaultForecast));
}

/** Stops the answer on show at the server, as the message's metadata names its run. */
async function stopAtServer(chat: MountedChat): Promise<void> {
  const { metadata } = chat.now().messages.at(-1)!;
  const alice = await createClient(instance.url, world.issuer, 'alice');
  await alice.stop((metadata as { runId: string }).runId);
}

/** Mounts, asks, and waits until the answer is being written. */
async function askHalfway(sessionId: string, url?: string): Promise<MountedChat> {
  const chat = open(sessionId, url === undefined ? {} : { url });
  await vi.waitFor(() => chat.now());
  void chat.now().sendMessage({ text: question });
  await halfway(chat);
  return chat;
}

test('useChat asks, shows the answer as it comes, and asks again', async () => {
  const { id } = await world.createSession();
  const chat = await askHalfway(id);
  expect(chat.now().status).toBe('streaming');
  await ready(chat);
  await chat.now().sendMessage({ text: 'And in Porto?' });
  const messages = await world.messagesOf(id);
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
  expect(chat.answer()).toBe(messageText(messages.at(-1)!));
  expect(chat.now().messages.at(-1)?.id).toBe(messages.at(-1)?.id);
});

test('useChat that is loaded in the middle of an answer resumes it, word for word', async () => {
  answerAtLength();
  const { id } = await world.createSession();
  const first = await askHalfway(id);
  first.unmount();
  const asked = { id: 'question', role: 'user' as const, parts: [{ type: 'text' as const, text: question }] };
  const second = open(id, { messages: [asked], resume: true });
  await vi.waitFor(() => second.now());
  await halfway(second);
  await stopAtServer(second);
  await ready(second);
  const [, answer] = await world.messagesOf(id);
  expect(second.answer()).toBe(messageText(answer!));
  expect(second.now().messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
});

test('useChat whose connection broke takes the answer up again, without a doubled word', async () => {
  answerAtLength();
  const { id } = await world.createSession();
  const line = await openLine(instance.url);
  onTestFinished(() => line.close());
  const chat = await askHalfway(id, line.url);
  line.cut();
  await vi.waitFor(() => expect(chat.now().status).toBe('error'));
  line.mend();
  chat.now().setMessages((messages) => messages.slice(0, -1)); // the replay begins at the beginning
  await vi.waitFor(() => expect(chat.answer()).toBe(''));
  void chat.now().resumeStream();
  await halfway(chat);
  await stopAtServer(chat);
  await ready(chat);
  const [, answer] = await world.messagesOf(id);
  expect(chat.answer()).toBe(messageText(answer!));
});

test('a process that stops does not pass off the beginning of another one’s answer as the whole', async () => {
  answerAtLength();
  const { id } = await world.createSession();
  const writing = await askHalfway(id);
  const stopping = await world.startInstance();
  const following = open(id, { url: stopping.url, resume: true });
  await vi.waitFor(() => following.now());
  await halfway(following);
  await stopping.service.stop();
  await vi.waitFor(() => expect(following.now().status).toBe('error'));
  await stopAtServer(writing);
  await ready(writing);
});

test('where nothing is being written there is nothing to resume', async () => {
  const { id } = await world.createSession();
  const chat = open(id, { resume: true });
  await vi.waitFor(() => chat.now());
  await ready(chat);
  expect(chat.now().messages).toEqual([]);
  const alice = await createClient(instance.url, world.issuer, 'alice');
  expect((await alice.request('GET', `/inference/sessions/${id}/stream`)).status).toBe(204);
});

test('leaving does not stop an answer; stopping it is a request by the run’s id, which its metadata tells', async () => {
  answerAtLength();
  const { id } = await world.createSession();
  const chat = await askHalfway(id);
  await chat.now().stop();
  expect((await world.messagesOf(id)).at(-1)?.status).toBe('streaming');
  await stopAtServer(chat);
  const answer = (await world.messagesOf(id)).at(-1)!;
  expect(answer.status).toBe('stopped');
  expect(messageText(answer)).toContain(chat.answer());
});
