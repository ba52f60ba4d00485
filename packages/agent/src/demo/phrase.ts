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

  constructor(text: string) {
    this.text = text;
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
