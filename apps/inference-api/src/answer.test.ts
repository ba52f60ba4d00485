import { messageText } from '@parley/contract/message';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { all, createClient, textOf } from './testing/client.ts';
import { startWorld, type World } from './testing/world.ts';

const question = 'What will the weather be in Lisbon tomorrow?';
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

test('a run streams its answer, with its tool call, and stores what it streamed', async () => {
  const { url } = await world.startInstance();
  const client = await createClient(url, world.issuer);
  const session = await world.createSession();

  const response = await client.start(session.id, { parentId: null, text: question });
  expect(response.headers.get('x-vercel-ai-ui-message-stream')).toBe('v1');
  const received = await all(response);
  expect(textOf(received)).toContain('Lisbon');
  const stored = await world.conversations.listMessages(session);
  expect(messageText(stored[1]!)).toBe(textOf(received));
});
