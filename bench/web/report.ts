import { firstLoadBytesMax, totalBytes, type WireScript } from '@parley/tests/page-load';
import type { Series, Times } from './times.ts';

/** A page should be usable after this many milliseconds. */
const usableMsMax = 1_000;

export interface WebFigures {
  /** What comes to an empty cache until the page can be used. */
  firstLoad: { home: WireScript[]; chat: WireScript[] };
  /** What the first code block of an answer adds. */
  highlighting: WireScript[];
  times: Times;
}

/** The figures in words. */
export function report({ firstLoad, highlighting, times }: WebFigures): string {
  return [
    'JavaScript until the home page can be used for the first time, compressed as served:',
    ...scriptLines(firstLoad.home),
    'until a chat can:',
    ...scriptLines(firstLoad.chat),
    'What highlighting adds when an answer first has code:',
    ...highlighting.map(scriptLine),
    `Milliseconds until the page can be used, median of ${times.home.cold.length} (least to most):`,
    ...(['cold', 'warm'] as const).flatMap((cache) => cacheLines(times, cache)),
    '',
  ].join('\n');
}

function scriptLines(scripts: readonly WireScript[]): string[] {
  const total = totalBytes(scripts);
  const sum = `  ${kilobytes(total)}  in all, ${within(total, firstLoadBytesMax, kilobytes)}`;
  return [...scripts.map(scriptLine), sum];
}

function scriptLine({ path, bytes }: WireScript): string {
  return `  ${kilobytes(bytes)}  ${path}`;
}

function cacheLines(times: Times, cache: keyof Series): string[] {
  const baseline = median(times.baseline[cache]);
  return (['baseline', 'home', 'chat'] as const).map((name) => {
    const figures = times[name][cache];
    const middle = median(figures);
    const spread = `${milliseconds(Math.min(...figures))} to ${milliseconds(Math.max(...figures))}`;
    const rest =
      name === 'baseline'
        ? ''
        : `, ${(middle / baseline).toFixed(1)} × the baseline, ${within(middle, usableMsMax, milliseconds)}`;
    return `  ${cache}  ${name.padEnd(8)}  ${milliseconds(middle)} (${spread})${rest}`;
  });
}

function within(value: number, most: number, words: (value: number) => string): string {
  return `${value <= most ? 'within' : 'OVER'} the limit of ${words(most).trim()}`;
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`.padStart(9);
}

function milliseconds(value: number): string {
  return `${Math.round(value)} ms`;
}
