import type { ChatAppDefinition } from '@parley/contract/chat-app';
import type { Message } from '@parley/contract/message';
import type { StartRunBody } from '@parley/contract/run';
import type { Session } from '@parley/contract/session';
import { expect, test } from 'vitest';
import type { ApiClient } from './api-client.ts';
import { openConversation } from './conversation.ts';
import { textTranscript } from './transcript.ts';

const call = { type: 'dynamic-tool', toolName: 'refund', toolCallId: 'c', input: { amount: 150 } } as const;
const waiting: Message = {
  id: 'w',
  parentId: 'q',
  role: 'assistant',
  status: 'waiting',
  createdAt: '2026-01-01T00:00:00Z',
  parts: [{ ...call, state: 'input-available', approval: { expiresAt: '2026-01-02T00:00:00Z' } }],
};

/** A session whose answer waits, what was shown of it, and the bodies of what is said in it. */
async function opened() {
  const bodies: StartRunBody[] = [];
  const session = { id: 's', app: 'refunds' } as Session;
  const client: ApiClient = {
    chatApps: async () => [{ id: 'refunds' } as ChatAppDefinition],
    createSession: async () => session,
    session: async () => session,
    messages: async () => [waiting],
    stop: async () => undefined,
    // eslint-disable-next-line eslint/require-yield -- what is asked matters, not what is answered
    run: async function* (_, body) {
      bodies.push(body);
    },
  };
  let shown = '';
  const transcript = textTranscript((text) => (shown += text));
  const conversation = await openConversation(client, { app: 'refunds', sessionId: 's', transcript });
  return { conversation, bodies, shown };
}

test('who goes on with a chat that waits is shown the whole input, and how to answer', async () => {
  const { shown } = await opened();
  expect(shown).toContain('"amount": 150');
  expect(shown).toContain('Say "approve", or "decline" (and why), until 2026-01-02T00:00:00Z.');
});

test.each<[string, Partial<StartRunBody>]>([
  ['approve', { decisions: [{ toolCallId: 'c', decision: 'approved' }] }],
  ['Decline', { decisions: [{ toolCallId: 'c', decision: 'declined' }] }],
  ['decline: too much', { decisions: [{ toolCallId: 'c', decision: 'declined', reason: 'too much' }] }],
  ['approve nothing of the kind', { text: 'approve nothing of the kind' }],
  ['What for?', { text: 'What for?' }],
])('said to an answer that waits, %j is what it looks like', async (text, body) => {
  const { conversation, bodies } = await opened();
  await conversation.say(text);
  expect(bodies).toEqual([{ parentId: 'w', ...body }]);
});
