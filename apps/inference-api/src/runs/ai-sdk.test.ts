import { messageText } from '@parley/contract/message';
import { routePath } from '@parley/contract/routes';
import { DefaultChatTransport, isTextUIPart, readUIMessageStream, type UIMessage } from 'ai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addRefunds } from '../testing/refunds.ts';
import { startWorld, type Instance, type World } from '../testing/world.ts';

let world: World;
let instance: Instance;
beforeAll(async () => {
  world = await startWorld();
  instance = await world.startInstance();
});
afterAll(() => world.close());

test('the AI SDK reads a run that waits for approval, and until when', async () => {
  await addRefunds(world);
  const session = await world.createSession({ app: 'refunds' });
  const message = await ask(session.id, 'Refund the amount 150 to the customer Ada');
  const call = message!.parts.find((part) => part.type === 'dynamic-tool')!;
  expect(call.state).toBe('input-available');
  expect(message!.parts).toContainEqual({
    type: 'data-tool-approval',
    id: call.toolCallId,
    data: { toolCallId: call.toolCallId, expiresAt: expect.stringMatching(/Z$/) },
  });
});

/** Asks as `useChat` does, and returns the message that the AI SDK makes of what it receives. */
async function ask(sessionId: string, text: string): Promise<UIMessage | undefined> {
  const transport = new DefaultChatTransport({
    api: `${instance.url}${routePath('startRun', { sessionId })}`,
    headers: { ...(await world.issuer.headers({ sub: 'alice' })), 'idempotency-key': sessionId },
    prepareSendMessagesRequest: () => ({ body: { parentId: null, text } }),
  });
  const stream = await transport.sendMessages({
    chatId: sessionId,
    trigger: 'submit-message',
    messageId: undefined,
    messages: [],
    abortSignal: undefined,
  });
  let last: UIMessage | undefined;
  for await (const message of readUIMessageStream({ stream, terminateOnError: true })) last = message;
  return last;
}

test('the AI SDK reads a run as it stands: text, tool call and metadata', async () => {
  const session = await world.createSession();
  const message = await ask(session.id, 'What will the weather be in Lisbon tomorrow?');
  const owned = await world.conversations.ownedSession('alice', session.id);
  const stored = (await world.conversations.listMessages(owned)).at(-1)!;
  expect(message).toMatchObject({ id: stored.id, role: 'assistant' });
  expect(message!.metadata).toEqual({ runId: stored.runId, model: 'demo', usage: stored.usage });
  const text = message!.parts.filter(isTextUIPart).map((part) => part.text);
  expect(text.join('')).toBe(messageText(stored));
  const call = stored.parts.find((part) => part.type === 'dynamic-tool')!;
  expect(message!.parts).toContainEqual(
    expect.objectContaining({ toolName: call.toolName, state: 'output-available', output: call.output }),
  );
});
