/**
 * Remembers what was shown for as long as it can come again: every look begins a while before the last event that came,
 * as CloudWatch shows events late and not in order.
 */
export class Recent {
  readonly #overlapMs: number;
  readonly #seen = new Map<string, number>();
  #newest: number;

  /** @param overlapMs how late an event may be shown and still be seen */
  constructor(since: number, overlapMs: number) {
    this.#newest = since;
    this.#overlapMs = overlapMs;
    this.begin = since;
  }

  /** Time, in ms, from which the next look has to begin. */
  begin: number;

  /** Whether an event is shown for the first time. */
  isNew(id: string, time: number): boolean {
    if (this.#seen.has(id)) return false;
    this.#seen.set(id, time);
    this.#newest = Math.max(this.#newest, time);
    return true;
  }

  /** Called after a whole look: what lies before the next one cannot come again. */
  advance(): void {
    this.begin = Math.max(this.begin, this.#newest - this.#overlapMs);
    for (const [id, time] of this.#seen) if (time < this.begin) this.#seen.delete(id);
  }
}
