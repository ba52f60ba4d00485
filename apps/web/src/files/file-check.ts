import {
  attachable,
  fileBytesMax,
  kindOf,
  messageFileBytesMax,
  messageFilesMax,
  saidType,
  sizeText,
} from '@parley/contract/file-type';

/** Why a file cannot be attached, as far as that is known before it is sent; undefined when it may. */
export function refusedFile({ name, type, size }: Pick<File, 'name' | 'type' | 'size'>): string | undefined {
  const mediaType = saidType(name, type);
  const kind = mediaType && kindOf(mediaType);
  if (!kind) return `It is called “${type}”. Attach ${attachable}.`;
  if (size === 0) return 'It is empty. Attach a file with something in it.';
  if (size <= fileBytesMax[kind]) return undefined;
  const kinds = { image: 'an image', pdf: 'a PDF', text: 'a text file' };
  return `It has ${sizeText(size)}, and ${kinds[kind]} may have ${sizeText(fileBytesMax[kind])}. Attach a smaller one.`;
}

/** Of files that somebody wants beside others, those there is room for, and a sentence about the rest. */
export function thatFit<F extends { name: string; size: number }>(
  present: readonly { bytes: number }[],
  wanted: readonly F[],
): { fitting: F[]; problem?: string } {
  let bytes = present.reduce((sum, file) => sum + file.bytes, 0);
  const fitting: F[] = [];
  for (const file of wanted) {
    if (present.length + fitting.length >= messageFilesMax)
      return {
        fitting,
        problem: `“${file.name}” was left out: a message has at most ${messageFilesMax} files.`,
      };
    if (bytes + file.size > messageFileBytesMax)
      return {
        fitting,
        problem: `“${file.name}” was left out: the files of a message have at most ${sizeText(messageFileBytesMax)} together.`,
      };
    bytes += file.size;
    fitting.push(file);
  }
  return { fitting };
}
