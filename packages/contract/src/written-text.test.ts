import { expect, test } from 'vitest';
import { feedbackBody } from './feedback.ts';
import { decision, startRunBody } from './run.ts';
import { createSessionBody, changeSessionBody } from './session.ts';
import { onOneLine } from './marks.ts';

const comment = (text: string) => feedbackBody.safeParse({ rating: 'up', comment: text });
const titles = (title: string) => [
  changeSessionBody.safeParse({ title }),
  createSessionBody.safeParse({ app: 'weather', title }),
];
const decided = (reason: string) => decision.safeParse({ toolCallId: 'c', decision: 'declined', reason });
const message = (text: string) => startRunBody.safeParse({ parentId: null, text });

const controls = ['\u0000', '\u001b[31m', '\u0007', '\u007f', '\u0085'];
const inside = (text: string) => `a${text}b`;

test.each(controls)('a comment with the control character %j is refused, and so is a title', (each) => {
  expect(comment(inside(each)).error?.issues[0]?.message).toMatch(/no control characters/);
  for (const title of titles(inside(each))) {
    expect(title.error?.issues[0]?.message).toMatch(/without control characters/);
  }
});

test.each(['\u202e', '\u2066', '\u2028', '\n', '\t'])('a title with %j is refused', (each) => {
  for (const title of titles(inside(each))) expect(title.success).toBe(false);
});

test.each(['\u202e', '\u202a', '\u2067', '\u2069'])(
  'a comment with the mark %j, which reorders text, is refused, and so is the reason of a decision',
  (each) => {
    for (const parsed of [comment(inside(each)), decided(inside(each))])
      expect(parsed.error?.issues[0]?.message).toMatch(/no marks that reorder text/);
  },
);

test('half of a surrogate pair is refused in messages, comments and titles', () => {
  for (const half of ['\ud83d', '\ude00']) {
    for (const parsed of [message(inside(half)), comment(inside(half)), ...titles(inside(half))]) {
      expect(parsed.error?.issues[0]?.message).toMatch(/half of a surrogate pair/);
    }
  }
});

test('lines, tabs, emoji and texts from right to left stay as they are written', () => {
  const text = 'Um\n\tzwei 😀 👩‍👩‍👧 שלום \u200fمرحبا';
  expect(message(text).data?.text).toBe(text);
  expect(comment(text).data?.comment).toBe(text);
  const line = text.replace(/\s+/g, ' ');
  for (const title of titles(line)) expect(title.data?.title).toBe(line);
  expect(message('\u001b[31mred').data?.text).toBe('\u001b[31mred');
});

test('the line ends of every system become newlines in a comment', () => {
  expect(comment('a\r\nb\rc\u2028d\u2029e').data?.comment).toBe('a\nb\nc\nd\ne');
});

test('a title that is made of a message is one that could be written', () => {
  const title = onOneLine('  a\u0000b\n\u202ec\u001b[0m\td \u2068Ada\u2069, ');
  expect(title).toBe('a b c [0m d Ada,');
  expect(changeSessionBody.parse({ title })).toEqual({ title });
});
