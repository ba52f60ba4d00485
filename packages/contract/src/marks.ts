// Apart from the schemas, which the page in the browser does without.

/** Of a character class: the marks that reorder the text round them, U+202E and its like. */
export const reorderingMarks = String.raw`\u202a-\u202e\u2066-\u2069`;

const reordering = new RegExp(`[${reorderingMarks}]+`, 'g');

/** Of a character class: what has no place on one line, controls, line breaks that look like blanks, such marks. */
export const unfitForALine = String.raw`\p{Cc}\u2028\u2029${reorderingMarks}`;

const allUnfitForALine = new RegExp(`[${unfitForALine}]+`, 'gu');

/** Emoji may be several characters, which marks join to the one that is seen. */
const emojiPart = String.raw`\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]?`;
/** Controls but newline and tab, format characters and fillers, line breaks that look like blanks, half pairs. */
const hidden = String.raw`(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]`;
/**
 * Blanks that nobody takes for a character: braille without dots, the musical null note head, the Khitan filler, the
 * Ogham space, the hair space. Other spaces stay, for they stand in ordinary text and part words as they seem to, the
 * ones that do not break in French, the wide one in Japanese; but no more than three, for a run of them fills lines.
 */
const blank = String.raw`[\u2800\u{1d159}\u{16fe4}\u1680\u200a]|(?<=[^\S\n]{3})[^\S\n\t ]`;
/** A newline after two blank lines: many of them would push out of sight what follows, or what stands above. */
const manyNewlines = String.raw`(?<=(?:\n[^\S\n]*){3})\n`;
const emojiOrHidden = new RegExp(
  `${emojiPart}(?:\u200d${emojiPart})*|(${hidden}|${blank}|${manyNewlines})`,
  'gu',
);

/** The text without the marks that reorder it. */
export function withoutReordering(text: string): string {
  return text.replace(reordering, '');
}

/** The text on one line, as a name or a title: without the marks that reorder it, and with blanks for controls. */
export function onOneLine(text: string): string {
  return withoutReordering(text).replace(allUnfitForALine, ' ').replace(/\s+/g, ' ').trim();
}

/**
 * The text in pieces, with a code such as `\u202E` for each character that nobody would see: every second piece is
 * such a code. So it reads as what it is, whoever wrote it. Tabs, emoji and newlines stay, but no more than two blank
 * lines after each other.
 */
export function piecesWithCodes(text: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  for (const { 1: mark, index } of text.matchAll(emojiOrHidden)) {
    if (mark === undefined) continue;
    pieces.push(text.slice(from, index), codeOf(mark));
    from = index + mark.length;
  }
  return [...pieces, text.slice(from)];
}

/** The same in one text. */
export function withCodes(text: string): string {
  return piecesWithCodes(text).join('');
}

function codeOf(mark: string): string {
  const hex = mark.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex}`;
}
