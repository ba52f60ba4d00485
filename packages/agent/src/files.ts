import { kindOf, type FileKind } from '@parley/contract/file-type';
import type { FilePart, Message } from '@parley/contract/message';
import { DocumentBlock, ImageBlock, TextBlock, type ContentBlock } from '@strands-agents/sdk';
import { RunError } from './errors.ts';

/** Finds the content of a file that a message names. */
export type ReadFile = (file: FilePart) => Promise<Uint8Array>;

/** By the address of a file, what a model reads of it. */
export type FileBlocks = ReadonlyMap<string, ContentBlock>;

/**
 * Of one branch, the newest files that a model reads; older ones are only named. Anthropic takes requests of 32 MB,
 * and Base64 makes a third more of a file; what is held in memory per run is bounded with it.
 */
export const branchFilesMax = 20;
export const branchFileBytesMax = 20_000_000;

const kindWords: Readonly<Record<FileKind, string>> = {
  image: 'images',
  pdf: 'PDF files',
  text: 'text files',
};

/** Reads the files of a branch as a model that takes `kinds` reads them, or says in words why it does not. */
export async function fileBlocks(
  branch: readonly Message[],
  kinds: ReadonlySet<FileKind>,
  readFile: ReadFile,
): Promise<FileBlocks> {
  const chosen = choose(branch, kinds);
  const read = async ({ file, kind, why }: Chosen): Promise<[string, ContentBlock]> => [
    file.url,
    kind === undefined ? fileText(file, why, true) : await contentBlock(file, kind, readFile),
  ];
  return new Map(await Promise.all(chosen.map(read)));
}

/** A file, and the kind it is read as, or why it is not. */
type Chosen = { file: FilePart } & ({ kind: FileKind; why?: undefined } | { kind?: undefined; why: string });

function choose(branch: readonly Message[], kinds: ReadonlySet<FileKind>): Chosen[] {
  let [files, bytes] = [0, 0];
  const newestFirst = branch
    .flatMap(({ parts }) => parts.filter((part) => part.type === 'file'))
    .toReversed();
  return newestFirst.map((file) => {
    const kind = kindOf(file.mediaType);
    if (kind === undefined || !kinds.has(kind)) return { file, why: unreadWords(kind) };
    if (files >= branchFilesMax || bytes + file.bytes > branchFileBytesMax) return { file, why: olderWords };
    files += 1;
    bytes += file.bytes;
    return { file, kind };
  });
}

function unreadWords(kind: FileKind | undefined): string {
  return `You cannot read ${kind ? kindWords[kind] : 'files of this kind'}. Say so if the file matters.`;
}

const olderWords =
  'Only the newest files of a conversation are shown to you. If this one matters, ask the user to attach it again.';

async function contentBlock(file: FilePart, kind: FileKind, readFile: ReadFile): Promise<ContentBlock> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new RunError('internal', `The file "${file.filename}" could not be read on our side. Ask again.`, {
      cause,
    });
  });
  switch (kind) {
    case 'image':
      return new ImageBlock({ format: formatOf(file.mediaType), source: { bytes } });
    case 'pdf':
      return new DocumentBlock({ name: documentName(file), format: 'pdf', source: { bytes } });
    case 'text':
      return fileText(file, new TextDecoder().decode(bytes));
  }
}

function formatOf(mediaType: string): 'png' | 'jpeg' | 'gif' | 'webp' {
  return mediaType.slice('image/'.length) as 'png' | 'jpeg' | 'gif' | 'webp';
}

/** Bedrock takes letters, digits, single blanks, hyphens and brackets, and no name twice in a request. */
function documentName({ filename, url }: FilePart): string {
  const words = filename.replace(/\.pdf$/i, '').match(/[A-Za-z0-9]+/g) ?? [];
  return `${words.join(' ').slice(0, 100)} [${url.slice(-8)}]`.trim();
}

/** A text file, or with `unread` why a file is not shown, as a model reads it. */
export function fileText({ filename, mediaType }: FilePart, content: string, unread = false): TextBlock {
  const about = `name=${JSON.stringify(filename)} type="${mediaType}"${unread ? ' unread' : ''}`;
  return new TextBlock(`<file ${about}>\n${content}\n</file>`);
}

/** What `fileText` wrote; undefined for any other text. */
export function parseFileText(text: string): { name: string; content: string; unread: boolean } | undefined {
  const match = /^<file name=("(?:[^"\\]|\\.)*") type="[^"]*"( unread)?>\n([^]*)\n<\/file>$/.exec(text);
  if (!match) return undefined;
  return { name: JSON.parse(match[1]!) as string, content: match[3]!, unread: match[2] !== undefined };
}
