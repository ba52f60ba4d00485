import { foldRun } from '@parley/contract/message';
import type { StreamEvent } from '@parley/contract/stream';
import { expect, test } from 'vitest';
import { judge, type Batch, type StoredSession } from './judge.ts';
import type { SeenEvent, Story } from './story.ts';

const events: StreamEvent[] = [
  { type: 'start', messageId: 'answer', messageMetadata: { runId: 'run', model: 'demo' } },
  { type: 'text-start', id: 't' },
  { type: 'text-delta', id: 't', delta: 'Sunny, ' },
  { type: 'text-delta', id: 't', delta: 'all day.' },
  { type: 'text-end', id: 't' },
  { type: 'finish' },
];
const answer = 'Sunny, all day.';

/** A log of two batches, and its message. */
function storedAs(...changes: Partial<StoredSession>[]): StoredSession {
  const batches: Batch[] = [
    { n: 0, first: 0, events: events.slice(0, 2), writer: 'w' },
    { n: 1, first: 2, events: events.slice(2), writer: 'w', seal: 'finished' },
  ];
  const createdAt = '2026-01-01T00:00:00.000Z';
  const common = { status: 'finished', createdAt } as const;
  return Object.assign(
    {
      messages: [
        { ...common, id: 'question', parentId: null, role: 'user', parts: [{ type: 'text', text: 'Rain?' }] },
        { ...common, id: 'answer', parentId: 'question', role: 'assistant', ...foldRun(events) },
      ],
      logs: new Map([['run', { batches, last: batches[1] }]]),
      toolCalls: new Map([['run', 1]]),
    } satisfies StoredSession,
    ...changes,
  );
}

const sent: SeenEvent[] = events.map((event, n) => ({ id: `run:${n}`, data: JSON.stringify(event) }));

/** A client that was cut after event 2, came back, and saw the rest; then somebody doctors the second connection. */
function storyWith(doctor: (rest: SeenEvent[]) => SeenEvent[] = (rest) => rest): Story {
  const connections = [
    { after: -1, events: sent.slice(0, 3), ending: 'cut' as const },
    { after: 2, events: doctor(sent.slice(3)), ending: 'done' as const },
  ];
  return {
    stream: 7,
    sessionId: 's',
    isStopped: false,
    runs: [{ runId: 'run', messageId: 'answer', connections }],
  };
}

function kindsOf(story: Story, stored = storedAs()): string[] {
  return [...new Set(judge(story, stored, answer).map(({ kind }) => kind))];
}

test('a client that saw each event of the log once, in order, over two connections, has nothing to complain of', () => {
  expect(judge(storyWith(), storedAs(), answer)).toEqual([]);
});

test.for<[string, (rest: SeenEvent[]) => SeenEvent[]]>([
  ['lost', ([delta, , ...rest]) => [delta!, ...rest]],
  ['lost', (rest) => rest.slice(0, -1)],
  ['doubled', ([delta, ...rest]) => [delta!, delta!, ...rest]],
  ['doubled', (rest) => [sent[2]!, ...rest]],
  ['disordered', ([delta, end, ...rest]) => [end!, delta!, ...rest]],
  ['altered', ([delta, ...rest]) => [{ ...delta!, data: delta!.data.replace('all', 'ALL') }, ...rest]],
  ['altered', (rest) => [...rest, { id: 'run:6', data: '{"type":"finish"}' }]],
  ['altered', ([delta, ...rest]) => [{ ...delta!, id: 'other:3' }, ...rest]],
])('%s: what a client saw is doctored, and the judge says so', ([kind, doctor]) => {
  const violations = judge(storyWith(doctor), storedAs(), answer);
  expect(violations).toContainEqual({ kind, stream: 7, detail: expect.stringContaining('run ') as string });
});

test('an event that came twice with other bytes is altered, though each connection is in order', () => {
  const story = storyWith();
  story.runs[0]!.connections.push({
    after: -1,
    events: [{ ...sent[0]!, data: sent[0]!.data.replace('demo', 'omed') }],
    ending: 'cut',
  });
  expect(kindsOf(story)).toEqual(['altered', 'message']);
});

test('a log that goes on behind its seal, has a gap or no seal is reported', () => {
  const whole = storedAs().logs.get('run')!;
  const [first, second] = whole.batches as [Batch, Batch];
  const { seal: _, ...open } = second;
  const logOf = (batches: Batch[], last = batches.at(-1)) =>
    storedAs({ logs: new Map([['run', { batches, last }]]) });
  const behind = { n: 2, first: 6, events: [], writer: 'x' };
  expect(kindsOf(storyWith(), logOf([first, second, behind]))).toContain('log');
  expect(kindsOf(storyWith(), logOf([first, second], { ...behind, n: 3 }))).toEqual(['log']);
  expect(kindsOf(storyWith(), logOf([first, { ...second, first: 3 }]))).toEqual(['log']);
  expect(kindsOf(storyWith(), logOf([first, open]))).toContain('log');
});

test('a stored message that says something else than was shown is reported, in text and in status', () => {
  const [question, stored] = storedAs().messages;
  const otherText = { ...stored!, parts: [{ type: 'text' as const, text: 'Sunny.' }] };
  expect(kindsOf(storyWith(), storedAs({ messages: [question!, otherText] }))).toEqual(['message']);
  const cut = { ...stored!, status: 'interrupted' as const };
  expect(kindsOf(storyWith(), storedAs({ messages: [question!, cut] }))).toEqual(['message', 'unanswered']);
});

test('a question that stands twice, or a tool called twice in one run, is reported', () => {
  const { messages } = storedAs();
  expect(kindsOf(storyWith(), storedAs({ messages: [messages[0]!, ...messages] }))).toEqual(['twice']);
  expect(kindsOf(storyWith(), storedAs({ toolCalls: new Map([['run', 2]]) }))).toEqual(['twice']);
});

test('a client that gave up is reported', () => {
  expect(kindsOf({ ...storyWith(), gaveUp: 'saw no end' })).toEqual(['unanswered']);
});
