import type { Feedback } from '@parley/contract/feedback';
import type { Message } from '@parley/contract/message';
import { expect, test } from 'vitest';
import { reduce } from './reduce.ts';
import { emptyConversation, type Command, type LogEntry, type Said } from './state.ts';
import { shownBranch } from './view.ts';

const at = '2026-01-01T00:00:00.000Z';
const look = (revision: number, feedback?: Omit<Feedback, 'createdAt' | 'updatedAt'>): LogEntry => {
  const answer: Message = {
    id: 'a',
    parentId: null,
    role: 'assistant',
    status: 'finished',
    parts: [{ type: 'text', text: 'Sunny.' }],
    createdAt: at,
    runId: 'r',
    ...(revision > 0 && { feedbackRevision: revision }),
    ...(feedback && { feedback: { ...feedback, createdAt: at, updatedAt: at } }),
  };
  return { type: 'messages', messages: [answer] };
};
const rate = (said: Said): Command => ({ type: 'rate', messageId: 'a', said });
const rated = (said: Said): Command => ({ type: 'rated', messageId: 'a', said });
const refused = (said: Said): Command => ({
  type: 'rating-refused',
  messageId: 'a',
  said,
  error: { code: 'offline', message: 'No answer.' },
});
/** What is shown of the answer's feedback after all this. */
const shown = (...entries: (LogEntry | Command)[]) => {
  const [answer] = shownBranch(entries.reduce(reduce, emptyConversation));
  return {
    rating: answer?.feedback?.rating,
    comment: answer?.feedback?.comment,
    error: answer?.feedbackError?.message,
  };
};

const up = { rating: 'up' as const };
const down = { rating: 'down' as const, comment: 'It rained.' };

test('a rating is shown at once, and what the server has of it when that is known', () => {
  expect(shown(look(0), rate(up))).toMatchObject({ rating: 'up' });
  expect(shown(look(0), rate(down), look(0))).toMatchObject({ rating: 'down', comment: 'It rained.' });
  expect(shown(look(0), rate(up), look(1, up), rated(up))).toMatchObject({ rating: 'up' });
  // Another tab was later.
  expect(shown(look(0), rate(up), look(2, down), rated(up))).toMatchObject({ rating: 'down' });
});

test('a withdrawal is shown at once, and stays when an older look comes late', () => {
  expect(shown(look(1, up), rate(undefined)).rating).toBeUndefined();
  expect(shown(look(1, up), rate(undefined), look(2), rated(undefined), look(1, up)).rating).toBeUndefined();
});

test('what was refused gives way to what the server has, with the reason, until something else is said', () => {
  const entries = [look(1, down), rate(up), refused(up)];
  expect(shown(...entries)).toEqual({ rating: 'down', comment: 'It rained.', error: 'No answer.' });
  expect(shown(look(0), rate(up), refused(up)).rating).toBeUndefined();
  expect(shown(...entries, rate(undefined))).toEqual({ rating: undefined, comment: undefined });
});

test('the end of an earlier request changes nothing of what was said since', () => {
  expect(shown(look(0), rate(up), rate(down), refused(up))).toEqual({ ...down, error: undefined });
  expect(shown(look(0), rate(up), rate(down), look(1, up), rated(up))).toMatchObject(down);
  expect(shown(look(0), rate(up), rate(undefined), look(1, up), rated(up)).rating).toBeUndefined();
});
