import { expect, test } from 'vitest';
import { branchTo, foldRun, message, messageText, type Message } from './message.ts';
import type { StreamEvent } from './stream.ts';

const call = { toolCallId: 'c1', dynamic: true as const };
const answer: StreamEvent[] = [
  { type: 'start', messageId: 'm', messageMetadata: { runId: 'r', model: 'demo' } },
  { type: 'start-step' },
  { type: 'tool-input-available', ...call, toolName: 'forecast', input: { city: 'Lisbon' } },
  { type: 'tool-output-available', ...call, output: { sky: 'clear' } },
  { type: 'message-metadata', messageMetadata: { usage: { inputTokens: 2, outputTokens: 1 } } },
  { type: 'data-tool-duration', id: 'c1', data: { toolCallId: 'c1', durationMs: 120 } },
  { type: 'finish-step' },
  { type: 'start-step' },
  { type: 'text-start', id: 't' },
  { type: 'text-delta', id: 't', delta: 'Clear ' },
  { type: 'text-delta', id: 't', delta: 'sky.' },
  { type: 'text-end', id: 't' },
  { type: 'finish-step' },
  { type: 'finish', messageMetadata: { usage: { inputTokens: 3, outputTokens: 2 } } },
];

test('a run folds into one message with its text, its tool calls with their durations, and its usage', () => {
  expect(foldRun(answer)).toEqual({
    model: 'demo',
    usage: { inputTokens: 3, outputTokens: 2 },
    parts: [
      { type: 'step-start' },
      {
        type: 'dynamic-tool',
        toolCallId: 'c1',
        toolName: 'forecast',
        state: 'output-available',
        input: { city: 'Lisbon' },
        output: { sky: 'clear' },
        durationMs: 120,
      },
      { type: 'step-start' },
      { type: 'text', text: 'Clear sky.' },
    ],
  });
});

test('a cut run keeps what was said: the text grows with every further event and never changes', () => {
  const texts = answer.map((_, cut) => messageText(foldRun(answer.slice(0, cut + 1))));
  for (const [i, text] of texts.slice(1).entries()) expect(text.startsWith(texts[i]!)).toBe(true);
  expect(texts.at(-1)).toBe('Clear sky.');
});

test('a run that was cut has the usage that was last told', () => {
  expect(foldRun(answer.slice(0, 3)).usage).toBeUndefined();
  expect(foldRun(answer.slice(0, -1)).usage).toEqual({ inputTokens: 2, outputTokens: 1 });
});

test('a run that waits says until when a call can be approved, and the run that goes on what was decided', () => {
  const asked = { type: 'tool-input-available', ...call, toolName: 'refund', input: { amount: 5 } } as const;
  const part = { type: 'dynamic-tool', toolCallId: 'c1', toolName: 'refund', input: { amount: 5 } };
  const expiresAt = '2026-01-02T00:00:00Z';
  const waiting = foldRun([
    asked,
    { type: 'data-tool-approval', id: 'c1', data: { toolCallId: 'c1', expiresAt } },
    { type: 'finish', finishReason: 'tool-calls' },
  ]);
  expect(waiting.parts).toEqual([{ ...part, state: 'input-available', approval: { expiresAt } }]);
  const decision = { decision: 'declined', reason: 'Too much.' } as const;
  const after = foldRun([
    asked,
    { type: 'data-tool-decision', id: 'c1', data: { toolCallId: 'c1', ...decision } },
    { type: 'tool-output-error', ...call, errorText: 'You declined: Too much.' },
  ]);
  expect(after.parts).toMatchObject([{ ...part, state: 'output-error', approval: decision }]);
});

test('what the model read of a long branch, and when to try again, stay with the message', () => {
  const told: StreamEvent[] = [
    { type: 'data-context', id: 'context', data: { read: 20, of: 62, trimmed: 0 } },
    { type: 'data-context', id: 'context', data: { read: 14, of: 62, trimmed: 3 } },
  ];
  expect(foldRun(told)).toEqual({ parts: [], context: { read: 14, of: 62, trimmed: 3 } });
  const error = { code: 'throttled', message: 'Busy.', retryAt: '2026-01-01T00:00:30.000Z' };
  expect(foldRun([{ type: 'data-problem', data: error }]).error).toEqual(error);
});

test('a failed run says why, and events of unknown parts change nothing', () => {
  const problem = { code: 'throttled', message: 'The model is busy.' };
  const content = foldRun([
    { type: 'text-delta', id: 'never started', delta: 'x' },
    { type: 'tool-output-error', toolCallId: 'never called', dynamic: true, errorText: 'x' },
    { type: 'data-tool-duration', id: 'x', data: { toolCallId: 'never called', durationMs: 1 } },
    { type: 'data-problem', data: problem },
    { type: 'error', errorText: problem.message },
  ]);
  expect(content).toEqual({ parts: [], error: problem });
});

test('a call shows its newest progress until it has its answer, and keeps it when it is cut', () => {
  const progress = (toolCallId: string, data: object) =>
    ({ type: 'data-tool-progress', id: toolCallId, data: { toolCallId, ...data } }) as StreamEvent;
  const told = [
    ...answer.slice(0, 3),
    progress('c1', { percent: 10, text: 'Reading' }),
    progress('c1', { percent: 40 }),
    progress('never called', { percent: 1 }),
  ];
  expect(foldRun(told).parts.at(-1)).toMatchObject({ state: 'input-available', progress: { percent: 40 } });
  expect(foldRun([...told, ...answer.slice(3), progress('c1', { percent: 90 })])).toEqual(foldRun(answer));
});

test('events of a newer version, of types and with keys that are unknown here, change nothing', () => {
  const confetti = { type: 'data-confetti', id: 't', data: {}, transient: true } as unknown as StreamEvent;
  const wordy = answer.flatMap((event) => [confetti, { ...event, colour: 'red' }]);
  expect(foldRun([...wordy, confetti])).toEqual(foldRun(answer));
});

test('a branch leads from the first message to its leaf, past siblings, and ends even in a cycle', () => {
  const message = (id: string, parentId: string | null): Message => ({
    id,
    parentId,
    role: 'user',
    status: 'finished',
    parts: [],
    createdAt: '2026-01-01T00:00:00Z',
  });
  const tree = [message('a', null), message('b', 'a'), message('edit-of-b', 'a'), message('c', 'b')];
  expect(branchTo(tree, 'c').map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(branchTo(tree, null)).toEqual([]);
  expect(branchTo(tree, 'unknown')).toEqual([]);
  expect(branchTo([message('x', 'y'), message('y', 'x')], 'x').length).toBeLessThanOrEqual(3);
});

test('a message with files says the same in words as one without', () => {
  const file = {
    type: 'file',
    mediaType: 'text/plain',
    filename: 'a.txt',
    url: '/api/sessions/s/attachments/a',
    bytes: 1,
  } as const;
  const question = message.parse({
    id: 'q',
    parentId: null,
    role: 'user',
    status: 'finished',
    parts: [file, { type: 'text', text: 'What is in it?' }],
    createdAt: '2026-01-01T00:00:00Z',
  });
  expect(messageText(question)).toBe('What is in it?');
});
