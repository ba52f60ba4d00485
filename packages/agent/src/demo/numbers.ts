import { daysIn, timesIn } from './dates.ts';
import type { Field } from './field.ts';
import { currencies, numberWords } from './lexicon.ts';
import type { Candidate, Phrase } from './phrase.ts';
import { keywords, wordsOf } from './words.ts';

/** Fields whose number needs no word beside it. */
const amountLike = /\b(?:amount|value|quantity|price|sum|total|number|count|distance|weight|length|cost)\b/;

/**
 * The numbers a message may mean for a field: those beside a word of its name first, then, when the
 * field must be filled or is an amount, any other. A number inside a date, a time or an id is none.
 */
export function numbersIn(phrase: Phrase, field: Field, now: Date): Candidate[] {
  const days = daysIn(phrase, now);
  if (/\b(?:from today|days ahead|offset|0 (?:is|=|for|means) today)\b/.test(field.about)) {
    return days
      .map((each) => ({ ...each, value: each.value.offset }))
      .filter(({ value }) => inRange(field, value));
  }
  const others = [...days, ...timesIn(phrase)];
  const free = spelled(phrase).filter((each) =>
    others.every(({ start, end }) => each.end <= start || each.start >= end),
  );
  const suitable = free.filter(({ value }) => inRange(field, value as number));
  const beside = suitable.filter((each) => isBeside(phrase, each, field));
  const rest = suitable.filter((each) => !beside.includes(each));
  const anyWill = field.required || amountLike.test(field.about);
  return [...beside.map((each) => ({ ...each, sure: true })), ...(anyWill ? rest : [])];
}

function spelled(phrase: Phrase): Candidate[] {
  return [
    ...phrase.find(/(?<![\w#.-])(-?\d{1,3}(?:,\d{3})+(?:\.\d+)?)(?!\w)/, false, (text) =>
      Number(text.replaceAll(',', '')),
    ),
    ...phrase.find(/(?<![\w#.,-]|\d-)(-?\d+(?:\.\d+)?)(?![\d,]*\d{3}\b)(?!-?\d)(?!\.\d)/, false, Number),
    ...phrase.find(
      new RegExp(`\\b(${Object.keys(numberWords).join('|')})\\b`, 'i'),
      false,
      (text) => numberWords[text.toLowerCase()],
    ),
  ];
}

function isBeside(phrase: Phrase, { start, end }: Candidate, { names, about }: Field): boolean {
  const next = phrase.text.slice(end).match(/^[\s-]*(\p{L}+)/u)?.[1] ?? '';
  const previous = phrase.text.slice(0, start).match(/(\p{L}+)(?:\s+(?:of|is|to|=|:))?\s*$/u)?.[1] ?? '';
  const sign = phrase.text.charAt(start - 1);
  if (/\b(?:amount|price|money|budget)\b/.test(about) && (isMoney(sign) || isMoney(next))) return true;
  return [...keywords(`${next} ${previous}`)].some(
    (word) => names.has(word) || wordsOf(about).includes(word),
  );
}

function isMoney(text: string): boolean {
  const lower = text.toLowerCase();
  return (
    lower !== '' &&
    Object.entries(currencies).some(([code, words]) => code.toLowerCase() === lower || words.includes(lower))
  );
}

function inRange({ schema }: Field, value: number): boolean {
  const whole = schema.type !== 'integer' || Number.isInteger(value);
  const {
    minimum = -Infinity,
    maximum = Infinity,
    exclusiveMinimum = -Infinity,
    exclusiveMaximum = Infinity,
  } = schema;
  return (
    whole && value >= minimum && value <= maximum && value > exclusiveMinimum && value < exclusiveMaximum
  );
}
