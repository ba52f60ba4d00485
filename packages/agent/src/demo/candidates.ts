import { daysIn, timesIn, type Day } from './dates.ts';
import type { Field } from './field.ts';
import { currencies, languages, months, units, weekdays } from './lexicon.ts';
import { numbersIn } from './numbers.ts';
import type { Candidate, Phrase } from './phrase.ts';
import { isStopWord, keywords, wordsOf } from './words.ts';

const quoted = /"([^"]+)"|“([^”]+)”|‘([^’]+)’|(?<![\p{L}\d])'([^']+)'(?![\p{L}\d])/u;
const capital = "\\p{Lu}[\\p{L}\\p{M}'’.-]*";
/** "Lisbon", "New York", "Rio de Janeiro", "Stratford-upon-Avon". */
const properName = `${capital}(?:[ ](?:(?:de|da|do|del|di|la|le|el|von|van|der|of|the|am|upon)[ ])*${capital})*`;
/** Words in lower case that neither begin nor continue a place. */
const notInPlace =
  '(?:a|an|the|my|this|next|in|on|at|for|and|or|with|to|from|today|tomorrow|tonight|yesterday|please|right|now|then|work|home|general)\\b';
const notPlaces = new Set<string>([...weekdays, ...months, ...weekdays.map((day) => day.slice(0, 3))]);

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
      return daysIn(phrase, now).map((each) => ({ ...each, value: dayWords(field, each.value) }));
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

/** "title: Broken door", "priority=high". */
function labelled(field: Field, phrase: Phrase): Candidate[] {
  const label = wordsOf(field.name).join('[ _-]?');
  if (label === '' || !['text', 'phrase', 'query', 'id', 'person', 'place'].includes(field.kind)) return [];
  return phrase.find(new RegExp(`(?<![\\p{L}\\d])${label}\\s*(?::|=)\\s*"?([^",;\\n]+)`, 'iu'), true);
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
function dayWords({ about, schema }: Field, { words, iso }: Day): string {
  return schema.format !== 'date' && about.includes(words) ? words : iso;
}

function dateTimes(phrase: Phrase, now: Date): Candidate[] {
  const written = phrase.find(/\b(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)/, true);
  const [time] = timesIn(phrase);
  const days = daysIn(phrase, now).map((each) => ({
    ...each,
    value: `${each.value.iso}T${time?.value ?? '00:00'}:00Z`,
    end: time && time.start > each.start ? Math.max(each.end, time.end) : each.end,
  }));
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

function places(phrase: Phrase, { about }: Field): Candidate[] {
  const lead = '\\b(?:in|at|for|near|around|from|to|of|visit|visiting)\\s+(?:the\\s+city\\s+of\\s+)?';
  const plain = `(?!${notInPlace})([\\p{Ll}][\\p{L}'’-]{2,}(?:\\s+(?!${notInPlace})[\\p{Ll}][\\p{L}'’-]+)?)`;
  // "Springfield, Illinois" is one place where the field says that it takes both.
  const name = about.includes('comma') ? `${properName}(?:,\\s+${properName})?` : properName;
  return [
    ...phrase.find(new RegExp(`(?<=${lead})(${name})`, 'u'), true, placeName),
    ...properNames(phrase),
    ...phrase.find(new RegExp(`(?<=${lead})${plain}`, 'u'), false, placeName),
  ];
}

function people(phrase: Phrase): Candidate[] {
  return [
    ...phrase.find(/(?<!\S)@([\w.-]+\w)/, true),
    ...phrase.find(
      new RegExp(
        `(?<=\\b(?:for|about|is|with|named|called|of|find|to|by|email|phone|contact|reach)\\s+)(${properName})`,
        'u',
      ),
      true,
      personName,
    ),
    ...properNames(phrase, personName),
  ];
}

/** Capitalised words that do not merely begin a sentence. */
function properNames(phrase: Phrase, read: (text: string) => string | undefined = placeName): Candidate[] {
  return phrase.find(new RegExp(`(?<![\\p{L}\\d'’])(${properName})`, 'u'), false, (text) => {
    const words = text.split(' ');
    while (words[0] !== undefined && isStopWord(words[0])) words.shift();
    return words.length === text.split(' ').length ? read(text) : undefined;
  });
}

function placeName(text: string): string | undefined {
  const bare = text.replace(/(?:['’]s)?[.'’-]*$/, '');
  const first = bare.toLowerCase().split(' ')[0]!;
  return notPlaces.has(first) || isStopWord(first) ? undefined : bare;
}

function personName(text: string): string | undefined {
  return placeName(text);
}

/** What is to be translated, sent or said: in quotes, or what follows the verb. */
function phrases(phrase: Phrase): Candidate[] {
  return [
    ...quotes(phrase),
    ...phrase.find(
      /\b(?:translate|say|write|post|send|saying|message|summari[sz]e|text)\s+(.+?)\s+(?:in|to|into)\s+(?:\p{L}+)\s*[?.!]*$/iu,
      true,
    ),
    ...phrase.find(
      /\b(?:translate|say|write|post|send|saying|summari[sz]e|that says)[:\s]+(.+?)[?.!]*$/iu,
      false,
    ),
    ...phrase.find(/:\s*(.+)$/, false),
  ];
}

/** What is looked for: in quotes, or what follows "about" and the like, else the words that matter. */
function queries(phrase: Phrase, field: Field): Candidate[] {
  const rest = phrase.text
    .split(/\s+/)
    .filter((word) => !isStopWord(word.replace(/[^\p{L}\d]/gu, '')) && keywords(word).size > 0)
    .filter((word) => ![...keywords(word)].some((each) => field.names.has(each)))
    .join(' ')
    .replace(/[?.!,]+$/, '');
  return [
    ...quotes(phrase),
    ...phrase.find(
      /\b(?:about|regarding|concerning|mentioning|matching|related to)\s+(?:the\s+|an?\s+)?(.+?)\s*[?.!]*$/i,
      true,
    ),
    ...phrase.find(/\b(?:on|for|named|called|with)\s+(?:the\s+|an?\s+)?(.+?)\s*[?.!]*$/i, true),
    ...(rest === '' ? [] : [{ value: rest, start: 0, end: 0, sure: false }]),
  ];
}

function texts(phrase: Phrase): Candidate[] {
  return [
    ...quotes(phrase),
    ...phrase.find(
      /\b(?:called|named|titled|about|saying)\s+(.+?)(?=\s+(?:on|at|to|for|with|by|from|in)\s|\s*[?.!,]|$)/i,
      true,
    ),
    ...phrase.find(new RegExp(`(?<=\\b(?:for|in|of|to|with|on)\\s+)(${properName})`, 'u'), true, placeName),
    ...phrase.find(
      /\b(?:for|of|on|in)\s+(?:the\s+|an?\s+)?([\p{L}\d][\p{L}\d' -]*?)(?=\s+(?:on|at|to|for|with|by|from|in)\s|\s*[?.!,]|$)/iu,
      false,
    ),
    ...properNames(phrase),
  ];
}

function quotes(phrase: Phrase): Candidate[] {
  return phrase.find(new RegExp(`((?:${quoted.source.replace(/\((?!\?)/g, '(?:')}))`, 'u'), true, (text) =>
    text.slice(1, -1),
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
