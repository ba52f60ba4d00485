import { kindOf, type FileKind, type MediaType } from '@parley/contract/file-type';

/** First bytes of the formats that are told by them, as Latin-1. */
const signatures: readonly [MediaType, RegExp][] = [
  // oxlint-disable-next-line no-control-regex -- it begins so, to be told from text
  ['image/png', /^\x89PNG\r\n\x1a\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF.{4}WEBP/s],
  ['application/pdf', /^%PDF-/],
];

/** What a file is by its content: one of the formats above, `text`, or nothing that is known. */
export type Content = MediaType | 'text' | undefined;

/** Text is UTF-8 without NUL and other control characters that no text has. */
export function contentOf(bytes: Uint8Array): Content {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  const known = signatures.find(([, signature]) => signature.test(start));
  if (known) return known[0];
  return isText(bytes) ? 'text' : undefined;
}

/**
 * The media type of a file that said to be `said`; undefined when its content is of another kind. An image counts as
 * what it is, whatever its name ends in: many are named wrongly.
 */
export function typeByContent(said: MediaType, content: Content): MediaType | undefined {
  if (content === 'text') return kindOf(said) === 'text' ? said : undefined;
  return content !== undefined && kindOf(content) === kindOf(said) ? content : undefined;
}

const kindWords: Readonly<Record<FileKind, string>> = { image: 'an image', pdf: 'a PDF', text: 'text' };

/** What a content is, for people. */
export function contentWords(content: Content): string {
  if (content === undefined) return 'of no kind that is known here';
  return content === 'text' ? 'text' : `${kindWords[kindOf(content) ?? 'text']} (${content})`;
}

/** What a media type stands for, for people. */
export function saidWords(said: MediaType): string {
  const kind = kindOf(said) ?? 'text';
  return kind === 'text' ? 'text in UTF-8' : kindWords[kind];
}

// oxlint-disable-next-line no-control-regex -- these are what it looks for
const noText = /[\x00-\x08\x0e-\x1a\x1c-\x1f]/;

function isText(bytes: Uint8Array): boolean {
  try {
    return !noText.test(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return false;
  }
}
