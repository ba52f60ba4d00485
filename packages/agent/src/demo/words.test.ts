import { expect, test } from 'vitest';
import { keywords, stem } from './words.ts';

test('words that are also names of JavaScript objects are words like any other', () => {
  for (const word of ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf']) {
    expect(() => stem(word.toLowerCase())).not.toThrow();
    expect(keywords(`the ${word} of things`)).toBeInstanceOf(Set);
  }
});

test('forms of one word have one stem', () => {
  expect(new Set(['forecast', 'forecasts', 'forecasting'].map(stem)).size).toBe(1);
  expect(stem('conversion')).toBe(stem('convert'));
});
