import type { Field } from './field.ts';
import { bareName, properName, properNames } from './names.ts';
import type { Candidate, Phrase } from './phrase.ts';
import { isStopWord, keywords, wordsOf } from './words.ts';

const quotation = /("[^"]+"|“[^”]+”|‘[^’]+’|(?<![\p{L}\d])'[^']+'(?![\p{L}\d]))/u;
/** Where a text in the middle of a sentence ends. */
const textEnd = '(?=\\s+(?:on|at|to|for|with|by|from|in|under|over|within)\\s|\\s*[?.!,]|$)';

/** "title: Broken door", "priority=high", `subject "Lunch"`. */
export function labelled(field: Field, phrase: Phrase): Candidate[] {
  const label = wordsOf(field.name).join('[ _-]?');
  if (label === '' || !['text', 'phrase', 'query', 'id', 'person', 'place'].includes(field.kind)) return [];
  const before = `(?<![\\p{L}\\d])${label}`;
  return [
    ...phrase.find(new RegExp(`${before}\\s*(?:is|of|:|=)?\\s*${quotation.source}`, 'iu'), true, unquoted),
    ...phrase.find(new RegExp(`${before}\\s*(?::|=)\\s*([^",;\\n]+)`, 'iu'), true),
  ];
}

/** What is to be translated, sent or said: in quotes, or what follows the verb. */
export function phrases(phrase: Phrase): Candidate[] {
  const verb = '\\b(?:translate|say|write|post|send|saying|message|summari[sz]e|text)';
  return [
    ...quotes(phrase),
    ...phrase.find(new RegExp(`${verb}\\s+(.+?)\\s+(?:in|to|into)\\s+\\p{L}+\\s*[?.!]*$`, 'iu'), true),
    ...phrase.find(new RegExp(`(?:${verb}|\\bthat says)[:\\s]+(.+?)[?.!]*$`, 'iu'), false),
    ...phrase.find(/:\s*(.+)$/, false),
  ];
}

/** What is looked for: in quotes, or what follows "about" and the like, else the words that matter. */
export function queries(phrase: Phrase, field: Field): Candidate[] {
  const article = '(?:the\\s+|an?\\s+)?';
  const after = (words: string) =>
    phrase.find(new RegExp(`\\b(?:${words})\\s+${article}(.+?)\\s*[?.!]*$`, 'i'), true);
  const rest = phrase.text
    .split(/\s+/)
    .filter((word) => !isStopWord(word.replace(/[^\p{L}\d]/gu, '')) && keywords(word).size > 0)
    .filter((word) => ![...keywords(word)].some((each) => field.names.has(each)))
    .join(' ')
    .replace(/[?.!,]+$/, '');
  return [
    ...quotes(phrase),
    ...after('about|regarding|concerning|mentioning|matching|related to'),
    ...after('on|for|named|called|with|look up|looking for|search|find'),
    ...(rest === '' ? [] : [{ value: rest, start: 0, end: 0, sure: false }]),
  ];
}

/** Any other text: in quotes, after "called", after a colon, or what the sentence is about. */
export function texts(phrase: Phrase): Candidate[] {
  return [
    ...quotes(phrase),
    ...phrase.find(new RegExp(`\\b(?:called|named|titled|about|saying)\\s+(.+?)${textEnd}`, 'i'), true),
    ...phrase.find(
      new RegExp(`(?<=\\b(?:for|in|of|to|with|on|at|by|from)\\s+)(${properName})`, 'u'),
      true,
      bareName,
    ),
    ...phrase.find(/:\s+(.+)$/, false),
    ...phrase.find(new RegExp(`\\bto\\s+(?!the\\b|an?\\b)([\\p{Ll}].+?)\\s*[?.!]*$`, 'u'), false),
    ...phrase.find(
      new RegExp(
        `\\b(?:with|using|containing|for|of|on|in)\\s+(?:the\\s+|an?\\s+)?([\\p{L}\\d][\\p{L}\\d' -]*?)${textEnd}`,
        'iu',
      ),
      false,
    ),
    ...properNames(phrase),
    ...phrase.leftover(),
  ];
}

/** The parts of an enumeration: "with tomatoes, basil and mozzarella". */
export function enumerations(phrase: Phrase): Candidate[] {
  const end = textEnd.replace('[?.!,]', '[?.!]');
  return phrase.find(
    new RegExp(`\\b(?:with|using|containing|include|including|for|of|from)\\s+(.+?)${end}`, 'i'),
    true,
  );
}

function quotes(phrase: Phrase): Candidate[] {
  return phrase.find(quotation, true, unquoted);
}

function unquoted(text: string): string {
  return text.slice(1, -1);
}
