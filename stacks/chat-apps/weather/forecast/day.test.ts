import { expect, test } from 'vitest';
import { addDays, daysBetween, resolveDay, todayIn } from './day.ts';

/** A Sunday. */
const today = '2026-11-22';

test.each([
  [undefined, '2026-11-22'],
  ['', '2026-11-22'],
  ['today', '2026-11-22'],
  ['Tonight', '2026-11-22'],
  ['this afternoon', '2026-11-22'],
  ['tomorrow', '2026-11-23'],
  ['What will the weather be in Lisbon tomorrow?', '2026-11-23'],
  ['the day after tomorrow', '2026-11-24'],
  ['yesterday', '2026-11-21'],
  ['in 5 days', '2026-11-27'],
  ['sunday', '2026-11-22'],
  ['on Friday', '2026-11-27'],
  ['wed', '2026-11-25'],
  ['next weekend', '2026-11-28'],
  ['2026-12-24', '2026-12-24'],
  ['24 December', '2026-12-24'],
  ['24th of december', '2026-12-24'],
  ['Jan 5', '2027-01-05'],
  ['March 1st, 2027', '2027-03-01'],
])('%j is %s', (words, date) => {
  expect(resolveDay(words, today)).toBe(date);
});

test.each(['2026-13-01', '2026-02-30', '31 June', 'whenever', 'sunset', 'marchland'])(
  '%j is no day',
  (words) => {
    expect(resolveDay(words, today)).toBeUndefined();
  },
);

test('days are counted across the ends of months and years', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2);
  expect(daysBetween('2026-11-22', '2026-11-20')).toBe(-2);
});

test('today is the date of the place, not of the machine', () => {
  const now = new Date('2026-11-22T20:00:00Z');
  expect(todayIn('Asia/Tokyo', now)).toBe('2026-11-23');
  expect(todayIn('America/Los_Angeles', now)).toBe('2026-11-22');
});
