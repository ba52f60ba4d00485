import { expect, test } from 'vitest';
import type { Message } from '@parley/contract/message';
import { reduce } from './reduce.ts';
import { emptyConversation } from './state.ts';
import { shownBranch } from './view.ts';

const call = { type: 'dynamic-tool', toolName: 'refund', toolCallId: 'c', input: {} } as const;
const base = { createdAt: '2026-01-01T00:00:00Z', parts: [], status: 'finished' as const };
const question: Message = { ...base, id: 'q', parentId: null, role: 'user' };
const waiting: Message = {
  ...base,
  id: 'w',
  parentId: 'q',
  role: 'assistant',
  status: 'waiting',
  parts: [
    { type: 'text', text: 'Wait. ' },
    { ...call, state: 'input-available', approval: { expiresAt: '2026-01-02T00:00:00Z' } },
  ],
};
const rest: Message = {
  ...base,
  id: 'r',
  parentId: 'w',
  role: 'assistant',
  parts: [
    { ...call, state: 'output-available', output: 1, approval: { decision: 'approved' } },
    { type: 'text', text: 'Done.' },
  ],
};

function shown(...messages: Message[]) {
  return shownBranch(reduce(emptyConversation, { type: 'messages', messages }));
}

test('an answer that waited and the one that went on are one, in the place of the first, with each call once', () => {
  expect(shown(question, waiting, rest)).toMatchObject([
    { id: 'q' },
    {
      id: 'r',
      parentId: 'q',
      status: 'finished',
      siblings: ['r'],
      parts: [{ text: 'Wait. ' }, { state: 'output-available' }, { text: 'Done.' }],
    },
  ]);
});

test('what was decided is shown before the server has it', () => {
  const decisions = [{ toolCallId: 'c', decision: 'approved' as const }];
  const pending = { key: 'k', parentId: 'w', decisions, createdAt: base.createdAt };
  const state = [question, waiting].reduce(
    (before, message) => reduce(before, { type: 'messages', messages: [message] }),
    emptyConversation,
  );
  const sent = reduce(state, { type: 'submit', pending });
  expect(shownBranch(sent).at(-1)).toMatchObject({
    status: 'streaming',
    isPending: true,
    parts: [{}, { approval: { decision: 'approved' } }],
  });
  const error = { code: 'conflict', message: 'Already declined.' };
  expect(shownBranch(reduce(sent, { type: 'refused', key: 'k', error })).at(-1)).toMatchObject({
    id: 'w',
    status: 'waiting',
    decisionError: error,
  });
});

test('a decision that came second is said to be, also once it is known what came of the first', () => {
  const error = { code: 'conflict', message: 'Already approved.' };
  const pending = { key: 'k', parentId: 'w', decisions: [], createdAt: base.createdAt };
  const refused = [
    { type: 'messages' as const, messages: [question, waiting] },
    { type: 'submit' as const, pending },
    { type: 'refused' as const, key: 'k', error },
    { type: 'messages' as const, messages: [question, waiting, rest] },
  ].reduce(reduce, emptyConversation);
  expect(shownBranch(refused).at(-1)).toMatchObject({ id: 'r', decisionError: error });
});

test('a message that wrote on while the answer was decided elsewhere goes below what came of it', () => {
  const pending = { key: 'k', parentId: 'w', text: 'Wait', createdAt: base.createdAt };
  const sent = [
    { type: 'messages' as const, messages: [question, waiting] },
    { type: 'submit' as const, pending },
    { type: 'refused' as const, key: 'k', error: { code: 'conflict', message: 'It was decided.' } },
    { type: 'messages' as const, messages: [question, waiting, rest] },
  ].reduce(reduce, emptyConversation);
  expect(sent.pending).toMatchObject({
    parentId: 'r',
    error: { message: expect.stringContaining('meanwhile') },
  });
  const [, answer, last] = shownBranch(sent);
  expect(answer).toMatchObject({ id: 'r', status: 'finished' });
  expect(last).toMatchObject({ role: 'user', isPending: true });
});

test('where the user has written on as well, both ways on stay in reach', () => {
  const wroteOn: Message = { ...question, id: 'q2', parentId: 'w' };
  expect(shown(question, waiting, rest, wroteOn).map(({ siblings }) => siblings)).toContainEqual(['q2', 'r']);
});
