import type { Seal } from '@parley/contract/run';
import type { Clock } from '../clock.ts';
import { eventChars, type Batch } from './batch.ts';
import type { RunLog } from './run-log.ts';
import type { Run } from '../conversations/runs.ts';

export interface RunFeedOptions {
  run: Run;
  log: RunLog;
  runs: { getRun(runId: string): Promise<Run | undefined>; settleRun(run: Run): Promise<Seal | undefined> };
  pollMs: number;
  clock: Clock;
}

/** Batches kept for readers that are up to date, and their events' characters; a slower one reads the log itself. */
const batchesKept = 32;
const charsKept = 512 * 1024;
/**
 * A run whose batches are handed over by its writer is not polled before the writer has been silent for so long:
 * longer than it collects a batch (at most 1 s). While it writes, it is the first to meet a seal by somebody else.
 */
const silentMs = 1_250;
/** Polls in a row that may fail before readers are told. */
const failuresMax = 20;

/**
 * What one process knows of the end of one run's log. It polls while anybody follows, starting at
 * the first batch that somebody waits for.
 */
export class RunFeed {
  readonly #options: RunFeedOptions;
  readonly #stop = new AbortController();
  #followers = 0;
  /** Contiguous; the last one is the newest known. */
  #recent: { batch: Batch; chars: number }[] = [];
  /** Number of the first batch not known to stand; undefined until somebody waits. */
  #end: number | undefined;
  #isPolling = false;
  #isSealed = false;
  /** Why the log cannot be read now. */
  #failure: unknown;
  #isFed = false;
  /** As last read: renewing it moves the stored one on. */
  #leaseUntil: number;
  #waiting = new Set<() => void>();

  constructor(options: RunFeedOptions) {
    this.#options = options;
    this.#leaseUntil = options.run.leaseUntil;
  }

  get runId(): string {
    return this.#options.run.runId;
  }

  join(): void {
    this.#followers += 1;
  }

  /** Followers left; with the last one the polling ends. */
  leave(): number {
    this.#followers -= 1;
    if (this.#followers === 0) this.#stop.abort('nobody follows');
    return this.#followers;
  }

  /** For a run of which nothing stands yet: what comes to stand is added here, from the first batch on. */
  beginAtStart(): void {
    this.#end ??= 0;
    this.#isFed = true;
  }

  /** The batches from `n` on, if they are all at hand. */
  recent(n: number): Batch[] | undefined {
    const batches = this.#recent.map(({ batch }) => batch);
    return batches[0] && batches[0].n <= n ? batches.filter((batch) => batch.n >= n) : undefined;
  }

  /** Resolves when batch `n` stands, or the signal aborts. Rejects when the log stays unreadable. */
  async reach(n: number, signal?: AbortSignal): Promise<void> {
    this.#end ??= n;
    if (!this.#isPolling) void this.#poll();
    while (this.#end <= n && !this.#isSealed && !signal?.aborted) {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#change(signal);
    }
  }

  /** Takes in batches that stand in the log. Those that do not continue what is known are left to the poll. */
  add(batches: readonly Batch[], isFromWriter = true): void {
    for (const batch of batches) {
      if (this.#end === undefined || batch.n !== this.#end) continue;
      this.#keep(batch);
      this.#end = batch.n + 1;
      this.#isFed = isFromWriter;
      if (batch.seal) this.#isSealed = true;
    }
    this.#wake();
  }

  /** The newest is kept however large it is. */
  #keep(batch: Batch): void {
    this.#recent.push({ batch, chars: eventChars(batch) });
    let chars = this.#recent.reduce((sum, each) => sum + each.chars, 0);
    while (this.#recent.length > batchesKept || (chars > charsKept && this.#recent.length > 1))
      chars -= this.#recent.shift()!.chars;
  }

  async #poll(): Promise<void> {
    this.#isPolling = true;
    if (this.#isFed) await this.#pause();
    let failures = 0;
    while (!this.#stop.signal.aborted && !this.#isSealed) {
      try {
        await this.#look();
        failures = 0;
        this.#failure = undefined;
      } catch (error) {
        failures += 1;
        if (failures >= failuresMax) this.#failure = error;
        this.#wake();
      }
      if (this.#isSealed) return;
      await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    const { clock, pollMs } = this.#options;
    do {
      const wait = this.#isFed ? Math.max(pollMs, silentMs) : pollMs;
      this.#isFed = false;
      await clock.sleep(wait, this.#stop.signal);
    } while (this.#isFed && !this.#isSealed && !this.#stop.signal.aborted);
  }

  /** Reads on; where nothing came, checks that somebody still writes. */
  async #look(): Promise<void> {
    const { log, run, runs, clock } = this.#options;
    let batches = await log.readPage(run.runId, this.#end ?? 0);
    if (batches.length === 0 && clock.now() >= this.#leaseUntil) {
      const standing = await runs.getRun(run.runId);
      this.#leaseUntil = standing?.leaseUntil ?? 0;
      if (clock.now() >= this.#leaseUntil && (await runs.settleRun(standing ?? run))) {
        batches = await log.readPage(run.runId, this.#end ?? 0);
      }
    }
    this.add(batches, false);
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  #change(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }
}
