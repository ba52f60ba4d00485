import { isCommand, isStopWord, keywords } from './words.ts';

/** Longer messages are read up to here: patterns cost time, and what matters is said first. */
export const charsMax = 2_000;

/** A value that a message may mean for a field, and where it stands. */
export interface Candidate {
  value: unknown;
  start: number;
  end: number;
  /** True when its form or the word before it leaves little doubt. */
  sure: boolean;
}

/** A message of which parts are taken by fields, so that one part never fills two. */
export class Phrase {
  readonly text: string;
  readonly #taken: { start: number; end: number }[] = [];

  readonly #topic: ReadonlySet<string>;

  /** `topic` has the stems of what the message is about, which are no values. */
  constructor(text: string, topic: ReadonlySet<string> = new Set()) {
    this.text = text.slice(0, charsMax);
    this.#topic = topic;
  }

  /** True for words that are no name though a capital begins them: "What", "Find", the tool's own words. */
  isCommon(word: string): boolean {
    const bare = word.toLowerCase().replace(/['’].*$/, '');
    return isStopWord(bare) || isCommand(bare) || this.#isTopic(bare);
  }

  /**
   * The longest stretch of words that nothing else explains: in "weather lisbon tomorrow" it is
   * "lisbon". None when nothing at all is explained, as then the message is about something else.
   */
  leftover(): Candidate[] {
    const words = this.find(/(?<![\p{L}\d])([\p{L}\d][\p{L}\d'’-]*)/u, false);
    const isOpen = (each: Candidate) => this.isFree(each) && !this.isCommon(String(each.value));
    const explained = words.some(
      (each) => !this.isFree(each) || this.#isTopic(String(each.value).toLowerCase()),
    );
    if (!explained) return [];
    const runs: Candidate[] = [];
    for (const [i, word] of words.entries()) {
      const run = runs.at(-1);
      if (!isOpen(word)) continue;
      if (run && i > 0 && run.end === words[i - 1]!.end) run.end = word.end;
      else runs.push({ ...word });
    }
    const [longest] = runs.toSorted((a, b) => b.end - b.start - (a.end - a.start));
    return longest ? [{ ...longest, value: this.text.slice(longest.start, longest.end) }] : [];
  }

  #isTopic(word: string): boolean {
    return [...keywords(word)].some((each) => this.#topic.has(each));
  }

  take({ start, end }: Candidate): void {
    this.#taken.push({ start, end });
  }

  isFree({ start, end }: Pick<Candidate, 'start' | 'end'>): boolean {
    return this.#taken.every((span) => end <= span.start || start >= span.end);
  }

  /** A candidate's text up to the first part of it that is taken. */
  freePart(candidate: Candidate): Candidate {
    const { start, end, value } = candidate;
    const cut = this.#taken
      .filter((span) => span.start > start && span.start < end)
      .toSorted((a, b) => a.start - b.start)[0];
    if (!cut || typeof value !== 'string') return candidate;
    const rest = this.text
      .slice(start, cut.start)
      .replace(/(?:[\s,;:]|\s(?:and|on|at|for|with|in|to|by|from))+$/i, '');
    return rest === '' ? candidate : { ...candidate, value: rest, end: start + rest.length };
  }

  /** Text before a candidate, in lower case and without articles: what leads to it. */
  before(start: number): string {
    return this.text
      .slice(0, start)
      .toLowerCase()
      .replace(/\b(?:the|a|an|my|our)\s+$/, '')
      .trimEnd();
  }

  /** The matches of a pattern's last group (or of all of it), read as candidates. */
  find(pattern: RegExp, sure: boolean, read: (text: string) => unknown = (text) => text): Candidate[] {
    const flags = `${pattern.flags.replace(/[gd]/g, '')}gd`;
    return Array.from(this.text.matchAll(new RegExp(pattern.source, flags))).flatMap((match) => {
      const group = match.length - 1;
      const span = match.indices?.[group];
      const value = span && read(match[group]!.trim());
      return span && value !== undefined && value !== ''
        ? [{ value, start: span[0], end: span[1], sure }]
        : [];
    });
  }
}
