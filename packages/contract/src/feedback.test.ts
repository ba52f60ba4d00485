import { expect, test } from 'vitest';
import { feedbackBody } from './feedback.ts';
import { describeIssues } from './issues.ts';

const fieldsRefused = (body: unknown): (string | undefined)[] => {
  const { error } = feedbackBody.safeParse(body);
  return error ? describeIssues(error, body).map(({ field }) => field) : [];
};

test('a comment is optional, and is kept without the space around it', () => {
  expect(feedbackBody.parse({ rating: 'up' })).toEqual({ rating: 'up' });
  expect(feedbackBody.parse({ rating: 'down', comment: ' Wrong\ncity. \n' })).toEqual({
    rating: 'down',
    comment: 'Wrong\ncity.',
  });
});

test('a comment has 1 to 2,000 characters once it is trimmed', () => {
  const of = (comment: string) => fieldsRefused({ rating: 'up', comment });
  expect(of(` ${'x'.repeat(2_000)} `)).toEqual([]);
  expect(of('x'.repeat(2_001))).toEqual(['comment']);
  expect(of('')).toEqual(['comment']);
  expect(of(' \n\t ')).toEqual(['comment']);
});

test('any other rating is refused, and so is a key that feedback does not have', () => {
  for (const rating of ['sideways', 'UP', '', 1, null, undefined]) {
    expect(fieldsRefused({ rating })).toEqual(['rating']);
  }
  expect(fieldsRefused({ rating: 'up', coment: 'x' })).not.toEqual([]);
});
