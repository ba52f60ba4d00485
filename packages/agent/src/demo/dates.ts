import { months, numberWords, weekdays } from './lexicon.ts';
import type { Candidate, Phrase } from './phrase.ts';

/** A day that a message names. */
export interface Day {
  /** As it was said, in lower case: "tomorrow". */
  words: string;
  /** YYYY-MM-DD. */
  iso: string;
  /** Days from today; negative in the past. */
  offset: number;
}

const dayMs = 86_400_000;
const count = `(?:\\d{1,3}|${Object.keys(numberWords).join('|')})`;
const month = months.map((name) => `${name.slice(0, 3)}(?:${name.slice(3)})?`).join('|');

const spoken: Readonly<Record<string, number>> = {
  'the day after tomorrow': 2,
  'day after tomorrow': 2,
  tomorrow: 1,
  today: 0,
  tonight: 0,
  'this evening': 0,
  yesterday: -1,
};

/** All days a message names, first to last. */
export function daysIn(phrase: Phrase, now: Date): (Candidate & { value: Day })[] {
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const named = [
    ...phrase.find(pattern(`\\b(${Object.keys(spoken).join('|')})\\b`), true, (words) =>
      day(today, words, spoken[words.toLowerCase()]),
    ),
    ...phrase.find(pattern(`\\b(in ${count} (?:day|week)s?)\\b`), true, (words) =>
      day(today, words, inDays(words)),
    ),
    ...phrase.find(pattern(`\\b((?:on |this |next )?(?:${weekdays.join('|')}))\\b`), true, (words) =>
      day(today, words, untilWeekday(today, words)),
    ),
    ...phrase.find(/\b(\d{4}-\d{2}-\d{2})\b/, true, (words) =>
      dated(today, words, new Date(`${words}T00:00:00`)),
    ),
    ...phrase.find(
      pattern(`\\b(\\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:${month})\\.?(?: \\d{4})?)\\b`),
      true,
      (words) => written(today, words),
    ),
    ...phrase.find(
      pattern(`\\b((?:${month})\\.? \\d{1,2}(?:st|nd|rd|th)?(?:,? \\d{4})?)\\b`),
      true,
      (words) => written(today, words),
    ),
  ] as (Candidate & { value: Day })[];
  // "the day after tomorrow" has "tomorrow" in it: of two that overlap the longer one is meant.
  return named
    .filter((each) => !named.some((other) => overlaps(each, other) && length(other) > length(each)))
    .sort((a, b) => a.start - b.start);
}

/** The times of day in a message, as HH:MM. */
export function timesIn(phrase: Phrase): (Candidate & { value: string })[] {
  const times = [
    ...phrase.find(/\b((?:[01]?\d|2[0-3]):[0-5]\d(?:\s?[ap]m)?)(?!\w)/i, true, clock),
    ...phrase.find(/\b(\d{1,2}\s?[ap]m)\b/i, true, clock),
    ...phrase.find(/\b(noon|midday|midnight)\b/i, true, (word) =>
      word.toLowerCase() === 'midnight' ? '00:00' : '12:00',
    ),
  ];
  return times as (Candidate & { value: string })[];
}

function clock(text: string): string | undefined {
  const match = /^(\d{1,2})(?::(\d{2}))?\s?([ap]m)?$/i.exec(text);
  if (!match) return undefined;
  const hour = (Number(match[1]) % (match[3] ? 12 : 24)) + (match[3]?.toLowerCase() === 'pm' ? 12 : 0);
  return `${String(hour).padStart(2, '0')}:${match[2] ?? '00'}`;
}

function pattern(source: string): RegExp {
  return new RegExp(source, 'i');
}

function day(today: Date, words: string, offset: number | undefined): Day | undefined {
  if (offset === undefined) return undefined;
  return dated(today, words, new Date(today.getFullYear(), today.getMonth(), today.getDate() + offset));
}

function dated(today: Date, words: string, date: Date): Day | undefined {
  if (Number.isNaN(date.getTime())) return undefined;
  const iso = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
  return { words: words.toLowerCase(), iso, offset: Math.round((date.getTime() - today.getTime()) / dayMs) };
}

function inDays(words: string): number | undefined {
  const [, number = '', unit = ''] = words.toLowerCase().split(' ');
  const amount = numberWords[number] ?? Number(number);
  return Number.isFinite(amount) ? amount * (unit.startsWith('week') ? 7 : 1) : undefined;
}

/** The next such day; a week later when it is today, as "on Monday" said on a Monday means the next. */
function untilWeekday(today: Date, words: string): number {
  const index = weekdays.findIndex((name) => words.toLowerCase().endsWith(name));
  return (index - today.getDay() + 7) % 7 || 7;
}

/** "12 March", "March 12th, 2027": without a year the next such day. */
function written(today: Date, words: string): Day | undefined {
  const index = months.findIndex((name) => new RegExp(`\\b${name.slice(0, 3)}`, 'i').test(words));
  const [dayOfMonth = 0, year] = (words.match(/\d+/g) ?? []).map(Number);
  const inYear = (each: number) => new Date(each, index, dayOfMonth);
  if (year !== undefined) return dated(today, words, inYear(year));
  const thisYear = inYear(today.getFullYear());
  return dated(today, words, thisYear < today ? inYear(today.getFullYear() + 1) : thisYear);
}

function overlaps(a: Candidate, b: Candidate): boolean {
  return a !== b && a.start < b.end && b.start < a.end;
}

function length({ start, end }: Candidate): number {
  return end - start;
}
