import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  fitProgress,
  paceProgress,
  progressTextMax,
  toolProgress,
  type ToolProgress,
} from './tool-progress.ts';

test('a progress that is only too much is made to fit', () => {
  expect(fitProgress({ percent: 100.0001 })).toEqual({ percent: 100 });
  expect(fitProgress({ percent: -1, text: 'Beginning' })).toEqual({ percent: 0, text: 'Beginning' });
  const { text = '' } = fitProgress({ text: '😀'.repeat(progressTextMax) });
  expect(text).toMatch(/😀…$/u);
  expect(text.isWellFormed()).toBe(true);
  for (const long of ['x'.repeat(progressTextMax), 'x'.repeat(progressTextMax + 1), `a${'😀'.repeat(150)}`])
    expect(toolProgress.safeParse(fitProgress({ text: long })).success).toBe(true);
});

test('a percent has one decimal at most', () => {
  expect(fitProgress({ percent: 100 / 3 })).toEqual({ percent: 33.3 });
  expect(fitProgress({ percent: 50 })).toEqual({ percent: 50 });
});

test('a text has one line, which commands no screen and reads in one direction', () => {
  expect(fitProgress({ text: ' Page 1\n of\u202e 7\u001b[31m\u2067 שלום ' })).toEqual({
    text: 'Page 1 of 7 [31m שלום',
  });
});

test.each([
  [{ percent: '40' }, /percent: expected number, received string, got "40"/],
  [{ percent: NaN }, /percent: expected number, received NaN/],
  [{ text: 7 }, /text: expected string, received number, got 7/],
  [{ percentage: 40 }, /unknown key "percentage"/],
  [{}, /expected a percent or a text, got neither/],
  [40, /expected object, received number, got 40/],
])('what is no progress, such as %j, is refused in words that say how it is meant', (input, words) => {
  expect(() => fitProgress(input)).toThrow(words);
  expect(() => fitProgress(input)).toThrow(/Say progress\(\{ percent: 40/);
});

describe('a paced progress', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('lets the first through at once, then the newest of each interval, and nothing after its end', async () => {
    const written: ToolProgress[] = [];
    const paced = paceProgress((progress) => written.push(progress), 100);
    for (let percent = 0; percent <= 50; percent += 1) paced.push({ percent });
    expect(written).toEqual([{ percent: 0 }]);
    await vi.advanceTimersByTimeAsync(100);
    expect(written.slice(1)).toEqual([{ percent: 50 }]);
    await vi.advanceTimersByTimeAsync(1_000);
    paced.push({ percent: 60 });
    paced.push({ percent: 70 });
    expect(written.slice(2)).toEqual([{ percent: 60 }]);
    paced.close();
    paced.push({ percent: 80 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(written).toHaveLength(3);
  });

  test('waits for a slow writer, and goes on after one that failed', async () => {
    const slow = Promise.withResolvers<void>();
    const written: ToolProgress[] = [];
    const paced = paceProgress((progress) => {
      written.push(progress);
      return slow.promise;
    }, 100);
    paced.push({ percent: 1 });
    paced.push({ percent: 2 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(written).toEqual([{ percent: 1 }]);
    slow.reject(new Error('full'));
    await vi.advanceTimersByTimeAsync(100);
    expect(written).toEqual([{ percent: 1 }, { percent: 2 }]);
  });
});
