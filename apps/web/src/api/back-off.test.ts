import { expect, test } from 'vitest';
import { retryMs } from './back-off.ts';
import { errorOf, type ApiError } from './errors.ts';

test('a server that asks for time gets it, and up to a quarter more; one that asks for too long gets two minutes', () => {
  expect(retryMs(1, 4, () => 0)).toBe(4_000);
  expect(retryMs(1, 4, () => 1)).toBe(5_000);
  expect(retryMs(1, 100_000, () => 0)).toBe(120_000);
});

test('without a wish, and after many failures, the waits are the page’s own', () => {
  expect(retryMs(1, undefined, () => 0)).toBe(150);
  expect(retryMs(20, 1, () => 1)).toBe(10_000);
});

test('how long to wait is read from the answer; what is no number of seconds is none', async () => {
  const asked = async (header?: string): Promise<ApiError> =>
    errorOf(
      new Response('', { status: 503, headers: header === undefined ? {} : { 'retry-after': header } }),
    );
  expect((await asked('2')).retryAfterSeconds).toBe(2);
  for (const odd of [undefined, '', '-1', 'soon'])
    expect((await asked(odd)).retryAfterSeconds).toBeUndefined();
});
