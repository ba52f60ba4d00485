// Apart from the schemas, which the page in the browser does without.

/** Kinds of files that models read. */
export const fileKinds = ['image', 'pdf', 'text'] as const;
export type FileKind = (typeof fileKinds)[number];

/** Media types of attachments. What is text and none of the others is plain text, whatever language it is in. */
export const mediaTypes = {
  'image/png': 'image',
  'image/jpeg': 'image',
  'image/gif': 'image',
  'image/webp': 'image',
  'application/pdf': 'pdf',
  'text/plain': 'text',
  'text/markdown': 'text',
  'text/csv': 'text',
  'application/json': 'text',
} as const satisfies Record<string, FileKind>;
export type MediaType = keyof typeof mediaTypes;

/**
 * The largest file of each kind, in bytes: what Bedrock's Converse takes of images and documents
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-call.html), which is the least of the
 * providers; text as much as is some 50,000 tokens, half of what a run may use by default.
 */
export const fileBytesMax: Readonly<Record<FileKind, number>> = {
  image: 3_750_000,
  pdf: 4_500_000,
  text: 200_000,
};

/** Of one message: files, as many as Converse takes documents, and their bytes. */
export const messageFilesMax = 5;
export const messageFileBytesMax = 10_000_000;

/** Characters of a file's name. */
export const fileNameCharsMax = 200;

/** What may be attached, for people. */
export const attachable =
  'a PNG, JPEG, GIF or WebP image, a PDF, or text such as Markdown, CSV, JSON or source code';

const byExtension: Readonly<Record<string, MediaType>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  pdf: 'application/pdf',
  md: 'text/markdown',
  markdown: 'text/markdown',
  csv: 'text/csv',
  json: 'application/json',
};

/** Text that browsers call something else, such as `video/mp2t` for TypeScript, by the end of its name. */
const textExtensions =
  /\.(?:txt|log|ya?ml|toml|ini|conf|env|xml|html?|svg|css|scss|[cm]?[jt]sx?|py|rb|php|java|kt|swift|go|rs|c|h|cc|cpp|hpp|cs|sh|bash|zsh|ps1|sql|r|lua|pl|tex|srt|vtt|jsonl|ipynb|tf|proto|graphql|vue|svelte)$/i;

/** Media types outside `text/` that are text. */
const textTypes =
  /^(?:text\/.*|application\/(?:xml|yaml|x-yaml|javascript|typescript|x-sh|sql|toml|x-ndjson)|image\/svg\+xml)$/;

/**
 * What a file is said to be, by its name and what its sender calls it; undefined when it cannot be attached. A type
 * that nobody knows (`''`) may be text: its content decides.
 */
export function saidType(name: string, type: string): MediaType | undefined {
  const known = byExtension[/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''];
  if (known) return known;
  const bare = type.split(';')[0]!.trim().toLowerCase();
  if (isMediaType(bare)) return bare;
  return bare === '' || textTypes.test(bare) || textExtensions.test(name) ? 'text/plain' : undefined;
}

/** The kind of a file; undefined for a media type that only a newer version of Parley knows. */
export function kindOf(mediaType: string): FileKind | undefined {
  return isMediaType(mediaType) ? mediaTypes[mediaType] : undefined;
}

function isMediaType(text: string): text is MediaType {
  return Object.hasOwn(mediaTypes, text);
}

/** A size for people, such as `3.8 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  return bytes < 999_500
    ? `${Math.round(bytes / 1_000)} KB`
    : `${String(Math.round(bytes / 100_000) / 10)} MB`;
}
