import { z } from 'zod';
import { reorderingMarks, unfitForALine } from './marks.ts';

const reordering = new RegExp(`[${reorderingMarks}]`, 'u');
const notOfALine = new RegExp(`[${unfitForALine}]`, 'u');

/** Characters a screen cannot show as they are; newline and tab are none of them. */
const controls = /[^\P{Cc}\n\t]/u;

/**
 * A text as a person writes it, trimmed, 1 to `charsMax` characters. Half a surrogate pair is refused:
 * it could not be stored and read again as it is.
 */
export function writtenText(charsMax: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(charsMax)
    .refine((text) => text.isWellFormed(), 'expected Unicode text, but half of a surrogate pair is in it');
}

/** Such a text of lines, which read in one direction, without control characters; line ends become newlines. */
export function writtenLines(charsMax: number) {
  return z
    .string()
    .overwrite((text) => text.replace(/\r\n?|[\u2028\u2029]/g, '\n'))
    .pipe(
      writtenText(charsMax).refine(
        (text) => !controls.test(text) && !reordering.test(text),
        'expected no control characters besides newline and tab, and no marks that reorder text',
      ),
    );
}

/** Such a text on one line, which reads in one direction, as a name does. */
export function writtenLine(charsMax: number) {
  return writtenText(charsMax).refine(
    (text) => !notOfALine.test(text),
    'expected one line without control characters and without marks that reorder text',
  );
}
