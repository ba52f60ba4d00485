import { keywords, listed } from './words.ts';

/** A file that came along with a message. */
export interface AttachedFile {
  name: string;
  content: string;
  /** True when `content` says why the file is not shown. */
  unread: boolean;
}

const linesQuotedMax = 5;
const lineCharsMax = 200;

/** What files say about a question: the lines that have words of it, else how they begin. */
export function aboutFiles(files: readonly AttachedFile[], question: string): string {
  const unread = files.filter((file) => file.unread).map(({ name }) => `“${name}”`);
  const read = files.filter((file) => !file.unread).map((file) => aboutFile(file, keywords(question)));
  const refused = unread.length > 0 ? [`I read text only, so I cannot read ${listed(unread)}.`] : [];
  return [...read, ...refused].join('\n\n');
}

function aboutFile({ name, content }: AttachedFile, asked: ReadonlySet<string>): string {
  const lines = content.split('\n').filter((line) => line.trim() !== '');
  const size = `“${name}” has ${lines.length} ${lines.length === 1 ? 'line' : 'lines'} of text.`;
  const found = lines.filter((line) => [...keywords(line)].some((word) => asked.has(word)));
  return found.length > 0
    ? `${size} About this it says:\n\n${quoted(found)}`
    : `${size} It begins:\n\n${quoted(lines)}`;
}

function quoted(lines: readonly string[]): string {
  return lines
    .slice(0, linesQuotedMax)
    .map((line) => `> ${line.trim().slice(0, lineCharsMax)}`)
    .join('\n>\n');
}
