import type { Field } from './field.ts';
import { months, weekdays } from './lexicon.ts';
import type { Candidate, Phrase } from './phrase.ts';
import { isStopWord } from './words.ts';

const capital = "\\p{Lu}[\\p{L}\\p{M}'’.-]*";
/** "Lisbon", "New York", "Rio de Janeiro", "Stratford-upon-Avon". */
export const properName = `${capital}(?:[ ](?:(?:de|da|do|del|di|la|le|el|von|van|der|of|the|am|upon)[ ])*${capital})*`;

/** Words in lower case that neither begin nor continue a place. */
const notInPlace =
  '(?:a|an|the|my|this|next|in|on|at|for|and|or|with|to|from|today|tomorrow|tonight|yesterday|please|right|now|then|work|home|general)\\b';

const calendarWords = new Set<string>([...weekdays, ...months, ...weekdays.map((day) => day.slice(0, 3))]);

/** Places a message names; those after "in" and the like first. */
export function places(phrase: Phrase, { about }: Field): Candidate[] {
  const lead = '\\b(?:in|at|for|near|around|from|to|of|visit|visiting)\\s+(?:the\\s+)?(?:city\\s+of\\s+)?';
  const plain = `(?!${notInPlace})([\\p{Ll}][\\p{L}'’-]{2,}(?:\\s+(?!${notInPlace})[\\p{Ll}][\\p{L}'’-]+)?)`;
  // "Springfield, Illinois" is one place where the field says that it takes both.
  const name = about.includes('comma') ? `${properName}(?:,\\s+${properName})?` : properName;
  return [
    ...phrase.find(new RegExp(`(?<=${lead})(${name})`, 'u'), true, bareName),
    ...properNames(phrase),
    ...phrase.find(new RegExp(`(?<=${lead})${plain}`, 'u'), false, bareName),
    ...phrase.leftover(),
  ];
}

/** People a message names: @handles, and names after "about", "with" and the like first. */
export function people(phrase: Phrase): Candidate[] {
  const lead = '\\b(?:for|about|is|was|with|named|called|of|find|to|by|email|phone|contact|reach)\\s+';
  return [
    ...phrase.find(/(?<!\S)@([\w.-]+\w)/, true),
    ...phrase.find(new RegExp(`(?<=${lead})(${properName})`, 'u'), true, bareName),
    ...properNames(phrase),
    ...phrase.leftover(),
  ];
}

/** Capitalised words, without those that are so only because a sentence begins: "Find Ada" has one name. */
export function properNames(phrase: Phrase): Candidate[] {
  return phrase.find(new RegExp(`(?<![\\p{L}\\d'’])(${properName})`, 'u'), false).flatMap((found) => {
    let text = String(found.value);
    for (let first = firstWord(text); first !== '' && phrase.isCommon(first); first = firstWord(text)) {
      text = text.slice(first.length).trimStart();
    }
    const value = bareName(text);
    return value === undefined ? [] : [{ ...found, value, start: found.end - text.length }];
  });
}

function firstWord(text: string): string {
  return /^\S+/.exec(text)?.[0] ?? '';
}

/** The name without a possessive or a full stop; undefined for weekdays, months and words like "What". */
export function bareName(text: string): string | undefined {
  const bare = text.replace(/(?:['’]s)?[.'’-]*$/, '');
  const first = firstWord(bare.toLowerCase());
  return first === '' || calendarWords.has(first) || isStopWord(first) ? undefined : bare;
}
