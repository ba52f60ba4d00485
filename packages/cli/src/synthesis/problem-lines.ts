import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What a failed build or synthesis said, as lines that each begin with the file to mend, below the root.
 * Of a crash (a syntax error, a name that does not exist) the message and its place are kept.
 */
export function problemLines(root: string, folder: string, output: string): string[] {
  const lines = output.split('\n').filter((line) => line.trim() && !isRunnerNoise(line));
  const crash = crashLine(root, lines);
  if (crash) return [crash];
  if (lines.length === 0) return [`${relative(root, folder)}: failed without a message`];
  return lines.map((line) => placed(root, folder, line));
}

/** A line names its file below its package's folder, or below the root (`parley.config.ts`), or none. */
function placed(root: string, folder: string, line: string): string {
  const [file = ''] = line.split(':', 1);
  if (line.startsWith('PARLEY_SET:')) return line.replace('PARLEY_SET', '--set');
  if (existsSync(join(folder, file)) || /^(tools\/|stack\.ts|dist\/|\S+\.md$)/.test(file)) {
    return `${relative(root, folder)}/${line}`;
  }
  return existsSync(join(root, file)) ? line : `${relative(root, folder)}: ${line}`;
}

/** `file:line: message` of an error that nobody caught; undefined when there was none. */
function crashLine(root: string, lines: readonly string[]): string | undefined {
  if (!lines.some((line) => /^Node\.js v\d/.test(line))) return undefined;
  const message = lines.find((line) => /^(Uncaught )?\w*Error\b.*:/.test(line));
  const place = lines.map((line) => sourcePlace(root, line)).find((each) => each !== undefined);
  return message && (place ? `${place}: ${message}` : message);
}

/** `stacks/x/stack.ts:3` when the line names a source of the workspace, by path or as a URL. */
function sourcePlace(root: string, line: string): string | undefined {
  const [, url, path, at] = /(?:(file:\/\/[^\s)]+?)|(\/[^():]+?)):(\d+)(?::\d+)?\)?$/.exec(line.trim()) ?? [];
  const file = url ? fileURLToPath(url) : path;
  if (!file?.startsWith(`${root}/`) || file.includes('/node_modules/')) return undefined;
  return `${relative(root, file)}:${at}`;
}

/** Lines that pnpm and turbo add around what a task says itself. */
function isRunnerNoise(line: string): boolean {
  return /^(>|\$ )|ELIFECYCLE|^\[?(WARN|ELIFECYCLE)\]?|^npm (warn|error)/.test(line.trimStart());
}
