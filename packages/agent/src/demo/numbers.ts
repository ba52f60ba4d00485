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
  const beside = suitable.flatMap((each) => besideWord(phrase, each, field) ?? []);
  const rest = suitable.filter(({ end }) => beside.every((each) => each.end !== end));
  const anyWill = field.required || amountLike.test(field.about);
  return [...beside, ...(anyWill ? rest : [])];
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

/** The number with the word of the field before it ("limit 5"), or the number before that word ("5 days"). */
function besideWord(phrase: Phrase, number: Candidate, { names, about }: Field): Candidate | undefined {
  const { start, end } = number;
  const next = phrase.text.slice(end).match(/^[\s-]*(\p{L}+)/u)?.[1] ?? '';
  const previous = phrase.text.slice(0, start).match(/(\p{L}+)(?:\s+(?:of|is|to)|\s*[=:])?\s*$/u);
  const isOfField = (word: string) =>
    [...keywords(word)].some((each) => names.has(each) || wordsOf(about).includes(each));
  if (previous && isOfField(previous[1]!)) return { ...number, start: previous.index!, sure: true };
  const money =
    /\b(?:amount|price|money|budget)\b/.test(about) &&
    (isMoney(phrase.text.charAt(start - 1)) || isMoney(next));
  return money || isOfField(next) ? { ...number, sure: true } : undefined;
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
