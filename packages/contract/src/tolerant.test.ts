import { expect, test } from 'vitest';
import { z } from 'zod';
import { describeIssues } from './issues.ts';
import { message } from './message.ts';
import { storedEvent, streamEvent } from './stream.ts';
import { tolerant } from './tolerant.ts';

const ofNewerVersions = [
  { type: 'data-confetti', id: 'c', data: { colours: ['red'] } },
  { type: 'reasoning-delta', id: 'r', delta: 'Hm.' },
  { type: 'text-delta', id: 't', delta: 'Hi', language: 'en' },
  { type: 'start', messageId: 'm', messageMetadata: { runId: 'r', model: 'demo', region: 'eu-west-1' } },
];

test('an event of a newer version is read unchanged, and refused where events are written', () => {
  for (const event of ofNewerVersions) {
    expect(storedEvent.parse(event)).toEqual(event);
    expect(streamEvent.safeParse(event).success).toBe(false);
  }
});

test('what no version would write is refused, with the field that is wrong', () => {
  const log = z.object({ events: z.array(storedEvent) });
  const fieldsOf = (event: unknown) => {
    const { error } = log.safeParse({ events: [event] });
    return error && describeIssues(error, { events: [event] }).map(({ field }) => field);
  };
  expect(fieldsOf('finish')).toEqual(['events[0]']);
  expect(fieldsOf(null)).toEqual(['events[0]']);
  expect(fieldsOf({ kind: 'finish' })).toEqual(['events[0].type']);
  expect(fieldsOf({ type: 7 })).toEqual(['events[0].type']);
  expect(fieldsOf({ type: 'text-delta', id: 't', language: 'en' })).toEqual(['events[0].delta']);
  expect(fieldsOf({ type: 'abort', reason: 'bored' })).toEqual(['events[0].reason']);
});

test('parts of a message may be newer too, however deep', () => {
  const parts = [
    { type: 'text', text: 'Hi', language: 'en' },
    { type: 'source-url', url: 'https://example.com' },
  ];
  const stored = tolerant(z.object({ parts: message.shape.parts }));
  expect(stored.parse({ parts })).toEqual({ parts });
  expect(stored.safeParse({ parts: [...parts, { type: 'text' }] }).error?.issues).toMatchObject([
    { path: ['parts', 2, 'text'] },
  ]);
});
