import { fileNameCharsMax } from '@parley/contract/file-type';
import { onOneLine } from '@parley/contract/marks';

/** The file under a name that the service takes, and that reorders nothing round it on the page. */
export function underPlainName(file: File): File {
  const name = plainName(file.name);
  const { type, lastModified } = file;
  return name === file.name ? file : new File([file], name, { type, lastModified });
}

/** A long name loses characters before its extension. */
function plainName(name: string): string {
  const line = onOneLine(name.toWellFormed()) || 'file';
  if (line.length <= fileNameCharsMax) return line;
  const extension = /\.\w{1,15}$/.exec(line)?.[0] ?? '';
  const begin = line.slice(0, fileNameCharsMax - extension.length - 1).replace(/[\ud800-\udbff]$/, '');
  return `${begin}…${extension}`;
}
