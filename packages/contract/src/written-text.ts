import { z } from 'zod';

/** Marks that reorder the text round them (U+202E and its like), and the line breaks that look like blanks. */
const reordering = /[\u2028-\u202e\u2066-\u2069]/;
const reorderingAndControls = /[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu;

/** Characters a screen cannot show as they are; newline and tab are none of them. */
const controls = /[^\P{Cc}\n\t]/u;
const anyControls = /\p{Cc}/u;

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

/** Such a text of lines, without control characters; line ends become newlines. */
export function writtenLines(charsMax: number) {
  return z
    .string()
    .overwrite((text) => text.replace(/\r\n?/g, '\n'))
    .pipe(
      writtenText(charsMax).refine(
        (text) => !controls.test(text),
        'expected no control characters besides newline and tab',
      ),
    );
}

/** Such a text on one line, which reads in one direction, as a name does. */
export function writtenLine(charsMax: number) {
  return writtenText(charsMax).refine(
    (text) => !anyControls.test(text) && !reordering.test(text),
    'expected one line without control characters and without marks that reorder text',
  );
}

/** A text on one line, with blanks for what `writtenLine` refuses. */
export function onOneLine(text: string): string {
  return text.replace(reorderingAndControls, ' ').replace(/\s+/g, ' ').trim();
}
