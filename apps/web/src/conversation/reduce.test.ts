import { foldRun, type Message } from '@parley/contract/message';
import type { StreamEvent } from '@parley/contract/stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyContent, foldEvent } from './fold.ts';
import { reduce } from './reduce.ts';
import { emptyConversation, type LogEntry } from './state.ts';
import { shownBranch, statusOf } from './view.ts';

const ids = fc.constantFrom('a', 'b', 'c');
const event: fc.Arbitrary<StreamEvent> = fc.oneof(
  fc.record({
    type: fc.constant('start' as const),
    messageId: ids,
    messageMetadata: fc.record({ runId: ids, model: fc.constant('demo') }),
  }),
  fc.constant<StreamEvent>({ type: 'start-step' }),
  fc.record({ type: fc.constant('text-start' as const), id: ids }),
  fc.record({ type: fc.constant('text-delta' as const), id: ids, delta: fc.string({ maxLength: 8 }) }),
  fc.record({
    type: fc.constant('tool-input-available' as const),
    toolCallId: ids,
    toolName: fc.constant('forecast'),
    dynamic: fc.constant(true as const),
    input: fc.jsonValue({ maxDepth: 1 }),
  }),
  fc.record({
    type: fc.constant('tool-output-available' as const),
    toolCallId: ids,
    dynamic: fc.constant(true as const),
    output: fc.jsonValue({ maxDepth: 1 }),
  }),
  ids.map((id) => ({
    type: 'data-tool-duration' as const,
    id,
    data: { toolCallId: id, durationMs: id.charCodeAt(0) },
  })),
  ids.map((toolCallId): StreamEvent => {
    const data = { toolCallId, expiresAt: '2026-01-02T00:00:00Z' };
    return { type: 'data-tool-approval', id: toolCallId, data };
  }),
  ids.map((toolCallId): StreamEvent => {
    const data = { toolCallId, decision: 'declined' as const, reason: 'No.' };
    return { type: 'data-tool-decision', id: toolCallId, data };
  }),
  fc.tuple(ids, fc.nat(100), fc.option(fc.string({ maxLength: 8 }))).map(([id, percent, text]) => ({
    type: 'data-tool-progress' as const,
    id,
    data: { toolCallId: id, percent, ...(text !== null && { text }) },
  })),
  fc.record({
    type: fc.constant('data-problem' as const),
    data: fc.record(
      {
        code: fc.constant('throttled'),
        message: fc.string({ maxLength: 8 }),
        retryAt: fc.constant('2026-01-01T00:00:30.000Z'),
      },
      { requiredKeys: ['code', 'message'] },
    ),
  }),
  fc.record({
    type: fc.constant('data-context' as const),
    id: ids,
    data: fc.record({ read: fc.nat(), of: fc.nat(), trimmed: fc.nat() }),
  }),
  fc.record({ type: fc.constant('error' as const), errorText: fc.string({ maxLength: 8 }) }),
  fc.record({
    type: fc.constant('abort' as const),
    reason: fc.constantFrom('stopped' as const, 'interrupted' as const),
  }),
  fc.record({
    type: fc.constant('message-metadata' as const),
    messageMetadata: fc.record({ usage: fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat() }) }),
  }),
  fc.constant<StreamEvent>({
    type: 'finish',
    messageMetadata: { usage: { inputTokens: 1, outputTokens: 2 } },
  }),
);
/** Events of a newer server than this page: of an unknown type, or with a key that is unknown here. */
const newer = fc.oneof(
  fc.record({ type: fc.constantFrom('data-confetti', 'reasoning-delta'), id: ids, data: fc.jsonValue() }),
  event.map((each) => ({ ...each, colour: 'red' })),
  fc.constantFrom(
    { type: 'data-problem', data: { code: 'throttled', message: 'Busy.', hint: 'Wait.' } },
    { type: 'data-context', id: 'context', data: { read: 1, of: 2, trimmed: 0, cached: 1 } },
    { type: 'data-tool-progress', id: 'a', data: { toolCallId: 'a', text: 'Reading', secondsLeft: 3 } },
    { type: 'finish', messageMetadata: { usage: { inputTokens: 3, outputTokens: 4, cachedTokens: 5 } } },
  ),
) as fc.Arbitrary<StreamEvent>;
const runLog = fc.array(fc.oneof({ weight: 4, arbitrary: event }, newer), { maxLength: 30 });

const question: Message = {
  id: 'q',
  parentId: null,
  role: 'user',
  status: 'finished',
  parts: [{ type: 'text', text: 'Hi' }],
  createdAt: '2026-01-01T00:00:00.000Z',
};
const answerOf = (runId: string, events: readonly StreamEvent[], open: boolean): Message => ({
  ...question,
  ...foldRun(events),
  id: `m-${runId}`,
  parentId: 'q',
  role: 'assistant',
  status: open ? 'streaming' : 'finished',
  runId,
});

/** What a user thinks of an answer, one after the other; null is a withdrawal. */
const feedbacks = fc.array(
  fc.option(
    fc.record({
      rating: fc.constantFrom('up' as const, 'down' as const),
      createdAt: fc.constant(question.createdAt),
      updatedAt: fc.constant(question.createdAt),
    }),
  ),
  { maxLength: 4 },
);

/** A whole conversation's log: two runs, the messages at several moments, and what the session said. */
const log = fc.tuple(runLog, runLog, feedbacks).map(([first, second, thoughts]): LogEntry[] => {
  const runs = { r1: first, r2: second };
  const rated = thoughts.map((feedback, i): Message => ({
    ...answerOf('r1', first, false),
    ...(feedback && { feedback }),
    feedbackRevision: i + 1,
  }));
  const session = { id: 's', app: 'weather', createdAt: question.createdAt, updatedAt: question.createdAt };
  return [
    { type: 'session', event: { type: 'session', session: { ...session, title: '', revision: 1 } } },
    { type: 'messages', messages: [question] },
    ...Object.entries(runs).flatMap(([runId, events]): LogEntry[] => [
      { type: 'session', event: { type: 'run-started', runId, messageId: `m-${runId}` } },
      { type: 'messages', messages: [question, answerOf(runId, [], true)] },
      ...events.map((each, n): LogEntry => ({ type: 'run', runId, n, event: each })),
      { type: 'session', event: { type: 'run-ended', runId, messageId: `m-${runId}`, status: 'finished' } },
    ]),
    { type: 'session', event: { type: 'session', session: { ...session, title: 'Hi', revision: 2 } } },
    { type: 'messages', messages: Object.entries(runs).map(([id, events]) => answerOf(id, events, false)) },
    ...rated.map((answer): LogEntry => ({ type: 'messages', messages: [answer] })),
  ];
});

const play = (entries: readonly LogEntry[]) => entries.reduce(reduce, emptyConversation);

test('a log replayed in any cuts, each resumed from anywhere before it, gives the same state', () => {
  fc.assert(
    fc.property(log, fc.array(fc.tuple(fc.nat(100), fc.nat(100)), { maxLength: 6 }), (entries, cuts) => {
      const replayed = cuts.flatMap(([from, length]) =>
        entries.slice(from % entries.length).slice(0, length),
      );
      expect(play([...replayed, ...entries])).toEqual(play(entries));
      expect(play([...entries, ...replayed])).toEqual(play(entries));
    }),
  );
});

test('entries that arrive in any order, any of them twice, give the same state', () => {
  const shuffled = log.chain((entries) =>
    fc.tuple(
      fc.constant(entries),
      fc.shuffledSubarray([...entries, ...entries], {
        minLength: entries.length * 2,
        maxLength: entries.length * 2,
      }),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([entries, others]) => {
      expect(play(others)).toEqual(play(entries));
    }),
  );
});

test('an answer as it grows here is what the contract makes of the same events', () => {
  fc.assert(
    fc.property(runLog, (events) => {
      const { parts, model, error, usage, context } = events.reduce(foldEvent, emptyContent);
      expect({ parts, model, error, usage, context }).toEqual({
        model: undefined,
        error: undefined,
        usage: undefined,
        context: undefined,
        ...foldRun(events),
      });
    }),
  );
});

test('an event that comes before the one it follows is held back until the gap is filled', () => {
  const text = (n: number, delta: string): LogEntry => ({
    type: 'run',
    runId: 'r',
    n,
    event: n === 0 ? { type: 'text-start', id: 't' } : { type: 'text-delta', id: 't', delta },
  });
  const early = play([text(0, ''), text(2, 'world')]);
  expect(early.runs['r']?.content.parts).toEqual([{ type: 'text', text: '' }]);
  const whole = reduce(early, text(1, 'Hello '));
  expect(whole.runs['r']?.content.parts).toEqual([{ type: 'text', text: 'Hello world' }]);
});

test('what was sent is shown at once, refused with its reason, and replaced by what the server has', () => {
  const pending = { key: 'k', parentId: null, text: 'Hi', createdAt: question.createdAt };
  const sent = reduce(emptyConversation, { type: 'submit', pending });
  expect(statusOf(sent, shownBranch(sent))).toBe('submitted');
  const refused = reduce(sent, { type: 'refused', key: 'k', error: { code: 'conflict', message: 'Wait.' } });
  expect(statusOf(refused, shownBranch(refused))).toBe('error');
  expect(shownBranch(refused).map(({ role }) => role)).toEqual(['user']);

  const accepted = reduce(sent, { type: 'accepted', key: 'k', runId: 'r1' });
  const settled = reduce(accepted, { type: 'messages', messages: [question, answerOf('r1', [], true)] });
  expect(settled.pending).toBeUndefined();
  expect(shownBranch(settled).map(({ id }) => id)).toEqual(['q', 'm-r1']);
});

test('the newest version is shown until another one is chosen, and what is below it goes along', () => {
  const second = { ...question, id: 'q2', createdAt: '2026-01-02T00:00:00.000Z' };
  const state = play([{ type: 'messages', messages: [question, second, answerOf('r1', [], false)] }]);
  expect(shownBranch(state).map(({ id }) => id)).toEqual(['q2']);
  const chosen = reduce(state, { type: 'choose', messageId: 'q' });
  expect(shownBranch(chosen).map(({ id }) => id)).toEqual(['q', 'm-r1']);
  expect(shownBranch(chosen)[0]?.siblings).toEqual(['q', 'q2']);
});
