import { daysIn, timesIn, type Day } from './dates.ts';
import type { Field } from './field.ts';
import { currencies, languages, units } from './lexicon.ts';
import { people, places } from './names.ts';
import { numbersIn } from './numbers.ts';
import type { Candidate, Phrase } from './phrase.ts';
import { labelled, phrases, queries, texts } from './texts.ts';
import { wordsOf } from './words.ts';

/** All that a message may mean for a field, the likeliest first. */
export function candidatesFor(field: Field, phrase: Phrase, now: Date): Candidate[] {
  const found = [...labelled(field, phrase), ...byKind(field, phrase, now)];
  return found.filter(({ value }) => fits(field, value));
}

function byKind(field: Field, phrase: Phrase, now: Date): Candidate[] {
  switch (field.kind) {
    case 'enum':
      return (field.schema.enum ?? [field.schema.const]).flatMap((value) => enumCandidates(phrase, value));
    case 'pattern':
      return patternCandidates(phrase, field.schema.pattern ?? '');
    case 'email':
      return phrase.find(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/, true);
    case 'url':
      return phrase.find(/https?:\/\/[^\s<>"')]+[^\s<>"').,!?]/i, true);
    case 'uuid':
      return phrase.find(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/i, true);
    case 'id':
      return idCandidates(phrase);
    case 'date':
      return daysIn(phrase, now).map((each) => ({ ...each, value: dayWords(field, phrase, each) }));
    case 'time':
      return timesIn(phrase);
    case 'date-time':
      return dateTimes(phrase, now);
    case 'number':
      return numbersIn(phrase, field, now);
    case 'currency':
      return Object.entries(currencies).flatMap(([code, words]) => named(phrase, code, [code, ...words]));
    case 'language':
      return Object.entries(languages).flatMap(([code, words]) =>
        named(phrase, /\b(?:code|iso|639)\b/.test(field.about) ? code : words[0]!, words),
      );
    case 'unit':
      return Object.entries(units).flatMap(([symbol, words]) => named(phrase, symbol, [symbol, ...words]));
    case 'expression':
      return expressions(phrase);
    case 'place':
      return places(phrase, field);
    case 'person':
      return people(phrase);
    case 'phrase':
      return phrases(phrase);
    case 'query':
      return queries(phrase, field);
    default:
      return texts(phrase);
  }
}

function enumCandidates(phrase: Phrase, value: unknown): Candidate[] {
  const words = wordsOf(String(value));
  if (words.length === 0) return [];
  const known = [units, currencies, languages].flatMap((table) => aliases(table, String(value)));
  return named(phrase, value, [String(value), words.join(' '), words.join('-'), ...known]);
}

/** What people write for a value that is a symbol, a code or one of its words. */
function aliases(table: Readonly<Record<string, readonly string[]>>, value: string): string[] {
  const lower = value.toLowerCase();
  return Object.entries(table).flatMap(([symbol, words]) =>
    symbol.toLowerCase() === lower || words.some((word) => word.toLowerCase() === lower)
      ? [symbol, ...words]
      : [],
  );
}

/** The value wherever one of its words stands. Words of one or two letters count in their own case only. */
function named(phrase: Phrase, value: unknown, words: readonly string[]): Candidate[] {
  return [...new Set(words)].flatMap((word) => {
    // "€20" and "20€": a sign may touch a number.
    const source = /\p{L}/u.test(word) ? `(?<!\\p{L})${escaped(word)}(?:e?s)?(?![\\p{L}\\d])` : escaped(word);
    return phrase.find(new RegExp(source, word.length < 3 ? 'u' : 'iu'), true, () => value);
  });
}

function patternCandidates(phrase: Phrase, pattern: string): Candidate[] {
  const whole = safePattern(pattern);
  if (!whole) return [];
  return phrase.find(/[^\s,;!?"'()]+/, true, (word) => {
    const bare = word.replace(/[.:]+$/, '');
    return [bare, bare.toUpperCase(), bare.toLowerCase(), bare.replace(/^#/, '')].find((each) =>
      whole.test(each),
    );
  });
}

function idCandidates(phrase: Phrase): Candidate[] {
  const strip = (text: string) => text.replace(/^#/, '');
  return [
    ...phrase.find(/(?<!\w)(#?[A-Za-z]{1,8}[-_]\d[\w-]*)/, true, strip),
    ...phrase.find(/(?<!\w)#(\w+)/, true),
    ...phrase.find(/\b((?=\w*\d)(?=\w*[A-Za-z])\w{3,})\b/, true),
    ...phrase.find(/(?<![\d.,])(\d{3,})(?![\d.,]*\d)/, true),
    ...phrase.find(/(?<!\w)([A-Z]{2,6})(?!\w)/, false),
  ];
}

/** The spoken word where the description offers it, else the date. */
function dayWords(
  { about, schema }: Field,
  phrase: Phrase,
  { value, start }: Candidate & { value: Day },
): string {
  if (schema.format !== 'date' && about.includes(value.words)) return value.words;
  // "since 1 March" means the last one, which "on 1 March" does not.
  const isPast =
    value.offset > 0 && !/\d{4}/.test(value.words) && /\b(?:since|after|from)$/.test(phrase.before(start));
  return isPast ? `${Number(value.iso.slice(0, 4)) - 1}${value.iso.slice(4)}` : value.iso;
}

/** A day with the time of day that the message names, as one candidate when they stand side by side. */
function dateTimes(phrase: Phrase, now: Date): Candidate[] {
  const written = phrase.find(/\b(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)/, true);
  const [time] = timesIn(phrase);
  const days = daysIn(phrase, now).map(({ value, start, end }) => {
    const beside = time && Math.max(start - time.end, time.start - end) <= ' at the '.length;
    return {
      value: `${value.iso}T${time?.value ?? '00:00'}:00Z`,
      start: beside ? Math.min(start, time.start) : start,
      end: beside ? Math.max(end, time.end) : end,
      sure: true,
    };
  });
  return [...written, ...days];
}

/** "12 * (3 + 4)", "3 plus 4": the longest stretch of numbers and operators that has both. */
function expressions(phrase: Phrase): Candidate[] {
  const operator = String.raw`(?:[-+*/^%×÷]|\*\*|plus|minus|times|divided by|over|multiplied by|to the power of)`;
  const number = String.raw`[(\s]*-?\d+(?:[.,]\d+)*%?[)\s]*`;
  const words: Record<string, string> = {
    plus: '+',
    minus: '-',
    times: '*',
    'multiplied by': '*',
    'divided by': '/',
    over: '/',
    'to the power of': '^',
    '×': '*',
    '÷': '/',
  };
  return phrase.find(new RegExp(`(${number}(?:${operator}${number})+)`, 'i'), true, (text) =>
    text
      .replace(new RegExp(Object.keys(words).join('|'), 'gi'), (word) => ` ${words[word.toLowerCase()]} `)
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

function fits({ schema }: Field, value: unknown): boolean {
  if (typeof value !== 'string') return true;
  return value.length >= (schema.minLength ?? 0) && value.length <= (schema.maxLength ?? Infinity);
}

function safePattern(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
