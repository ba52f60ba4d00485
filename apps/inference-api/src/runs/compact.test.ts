import { messageText } from '@parley/contract/message';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { all, createClient, errorOf, textOf, type Client } from '../testing/client.ts';
import { startWorld, type World } from '../testing/world.ts';

const question = { parentId: null, text: 'What will the weather be in Lisbon tomorrow?' };

let world: World;
let client: Client;
beforeAll(async () => {
  world = await startWorld();
  client = await createClient((await world.startInstance()).url, world.issuer);
});
afterAll(() => world.close());

test('a chat is summed up by a message below its last one, and goes on from there; the tree stays as it was', async () => {
  const session = await world.createSession();
  await all(await client.start(session.id, question));
  const before = await world.messagesOf(session.id);
  const answer = before[1]!;
  const summary = textOf(await all(await client.start(session.id, { parentId: answer.id, compact: true })));
  expect(summary).toBe(`The user asked:\n- ${question.text}`);
  const stored = (await world.messagesOf(session.id)).at(-1)!;
  expect(stored).toMatchObject({ parentId: answer.id, role: 'assistant', status: 'finished', summary: true });
  expect(messageText(stored)).toBe(summary);
  expect((await world.messagesOf(session.id)).slice(0, 2)).toEqual(before);

  await all(await client.start(session.id, { parentId: stored.id, text: 'What can you do?' }));
  expect((await world.messagesOf(session.id)).at(-1)).toMatchObject({ status: 'finished' });
  await all(await client.start(session.id, { parentId: answer.id, text: 'And in Porto?' }));
  expect(messageText((await world.messagesOf(session.id)).at(-1)!)).toContain('Porto');
});

test('a summary below a question is followed by the answer to it', async () => {
  const session = await world.createSession();
  await all(await client.start(session.id, question));
  const answer = (await world.messagesOf(session.id))[1]!;
  await all(await client.start(session.id, { parentId: answer.id, text: 'And in Porto tomorrow?' }));
  const asked = (await world.messagesOf(session.id))[2]!;
  await all(await client.start(session.id, { parentId: asked.id, compact: true }));
  const summary = (await world.messagesOf(session.id)).at(-1)!;
  expect(messageText(summary)).not.toContain('Porto');
  await all(await client.start(session.id, { parentId: summary.id }));
  expect((await world.messagesOf(session.id)).at(-1)).toMatchObject({
    parentId: summary.id,
    status: 'finished',
  });
});

test('what cannot be summed up is refused: nothing said, nothing new, or a text with it', async () => {
  const session = await world.createSession();
  const refused = async (body: Parameters<Client['start']>[1]) =>
    errorOf(await client.start(session.id, body));
  expect(await refused({ parentId: null, compact: true })).toMatchObject({ status: 400, field: 'parentId' });
  await all(await client.start(session.id, question));
  const [first, answer] = await world.messagesOf(session.id);
  expect(await refused({ parentId: first!.id, compact: true })).toMatchObject({
    field: 'parentId',
    message: expect.stringContaining('nothing to sum up yet'),
  });
  expect(await refused({ parentId: answer!.id, compact: true, text: 'x' })).toMatchObject({
    field: 'compact',
  });
  await all(await client.start(session.id, { parentId: answer!.id, compact: true }));
  const summary = (await world.messagesOf(session.id)).at(-1)!;
  expect(await refused({ parentId: summary.id, compact: true })).toMatchObject({
    message: expect.stringContaining('nothing was said since'),
  });
  expect(await refused({ parentId: summary.id })).toMatchObject({
    message: expect.stringContaining('nothing to continue'),
  });
});
