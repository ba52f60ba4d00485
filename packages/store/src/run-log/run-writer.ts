import type { Seal } from '@parley/contract/run';
import type { StreamEvent } from '@parley/contract/stream';
import type { BatchWindow } from './batch-window.ts';
import { systemClock, type Clock } from '../clock.ts';
import { LogLostError } from '../errors.ts';
import { batchBytesMax, EventBuffer } from './event-buffer.ts';
import type { Batch } from './batch.ts';
import type { RunLog } from './run-log.ts';
import { leaseRenewalSeconds, leaseSeconds } from '../conversations/runs.ts';

export { createBatchWindow, type BatchWindow } from './batch-window.ts';

export interface RunWriterOptions {
  log: RunLog;
  runId: string;
  /** Id of this execution, as given to `startRun`. */
  writerId: string;
  window: BatchWindow;
  /** Extends the run's lease: the conversation store. */
  leases: { renewLease(runId: string, writerId: string, until: number): Promise<boolean> };
  /** Gets each batch as soon as it stands in the log, and only then: the run reader's `publish`. */
  publish?: (runId: string, batch: Batch) => void;
  clock?: Clock;
}

/** The one writer of a run, from its start to its seal. */
export interface RunWriter {
  /**
   * Takes an event. Resolves at once unless the log is slow: then when there is room again.
   * @throws EventTooLargeError
   * @throws LogLostError or LogUnavailableError once `lost` is aborted
   */
  write(event: StreamEvent): Promise<void>;
  /**
   * Resolves once all that was written before stands in the log: for what must not happen unless it is on record.
   * @throws LogLostError or LogUnavailableError once `lost` is aborted
   */
  flush(): Promise<void>;
  /**
   * Ends the run: writes what is left with the last events, sealed. Pass the event that tells the
   * client of the end here, not to `write`: then no client hears of an end that does not stand.
   * Resolves to the seal that stands, which is another's if the run was ended before; undefined if
   * nothing seals it yet.
   * @throws EventTooLargeError; the run then ends as interrupted, once its lease has expired.
   */
  seal(seal: Seal, events: StreamEvent[]): Promise<Seal | undefined>;
  /** All that stands in the log, once this writer has sealed it: whoever settles the run need not read it. */
  readonly ended: EndedRun | undefined;
  /** Aborted when somebody else sealed or wrote the log, or it cannot be written: stop model and tools. */
  readonly lost: AbortSignal;
}

/** How a run ended, and all its events. */
export interface EndedRun {
  seal: Seal;
  events: readonly StreamEvent[];
}

/** Starts writing, and renewing the lease. The caller must `seal` in the end, whatever happened. */
export function createRunWriter(options: RunWriterOptions): RunWriter {
  return new BatchingWriter(options);
}

/** Why a signal that only wakes somebody aborts. Without a reason each makes an error, with the stack it came from. */
const noMore = 'no more';

/** Events that show nothing by themselves. They are written with what follows, or with the seal. */
const opening = new Set<StreamEvent['type']>(['start-step', 'text-start']);

/** From the start of a renewal that failed to the next. */
const renewalAgainMs = 1_000;

/** Events that may wait for a slow log before their producer does. */
const waitingBytesMax = 2 * batchBytesMax;

class BatchingWriter implements RunWriter {
  readonly #options: RunWriterOptions;
  readonly #clock: Clock;
  readonly #lost = new AbortController();
  /** Aborted when the run is over for this writer: sealed or lost. */
  readonly #over = new AbortController();
  readonly #closeWindow: () => void;
  readonly #buffer = new EventBuffer();
  /** Number of the next batch, and of its first event. */
  #n = 0;
  #first = 0;
  /** True while the buffer has more than events that wait for what they open. */
  #isDue = false;
  /** When the last batch was taken out of the buffer. */
  #takenAt = -Infinity;
  #flushing: Promise<void> | undefined;
  /** Aborted to end the collecting of the batch that is being collected. */
  #collecting = new AbortController();
  /** Fulfilled when the buffer got smaller. */
  #room = Promise.withResolvers<void>();
  #sealing: { seal: Seal } | undefined;
  #standing: Seal | undefined;
  #ended: EndedRun | undefined;
  readonly #written: StreamEvent[] = [];

  constructor(options: RunWriterOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#closeWindow = options.window.open();
    void this.#keepLease();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get ended(): EndedRun | undefined {
    return this.#ended;
  }

  async write(event: StreamEvent): Promise<void> {
    this.lost.throwIfAborted();
    if (this.#sealing)
      throw new Error(`run "${this.#options.runId}" is sealed: it takes no "${event.type}" event`);
    this.#buffer.add(event);
    if (this.#buffer.bytes >= batchBytesMax) this.#collecting.abort(noMore);
    if (!opening.has(event.type)) {
      this.#isDue = true;
      this.#flushing ??= this.#writeOut();
    }
    while (this.#buffer.bytes >= waitingBytesMax) await this.#room.promise;
    this.lost.throwIfAborted();
  }

  async flush(): Promise<void> {
    while (this.#flushing || !this.#buffer.isEmpty) {
      this.#collecting.abort(noMore);
      this.#isDue ||= !this.#buffer.isEmpty;
      this.#flushing ??= this.#writeOut();
      await this.#flushing;
    }
    this.lost.throwIfAborted();
  }

  async seal(seal: Seal, events: StreamEvent[]): Promise<Seal | undefined> {
    if (this.#sealing)
      throw new Error(`run "${this.#options.runId}" is sealed already, as ${this.#sealing.seal}`);
    this.#addLast(events);
    this.#sealing = { seal };
    this.#collecting.abort(noMore);
    this.#flushing ??= this.#writeOut();
    await this.#flushing;
    return this.#standing;
  }

  #addLast(events: StreamEvent[]): void {
    if (this.lost.aborted) return;
    try {
      for (const event of events) this.#buffer.add(event);
    } catch (error) {
      this.#end(undefined); // the lease runs out, so that somebody else ends the run
      throw error;
    }
  }

  /** Writes batches until nothing is due. Never rejects: what goes wrong is `lost`. */
  async #writeOut(): Promise<void> {
    try {
      while (!this.#over.signal.aborted && (this.#sealing || this.#isDue)) {
        await this.#collect();
        if (this.#over.signal.aborted) return; // lost meanwhile
        this.#collecting = new AbortController();
        if (this.#sealing) this.#collecting.abort(noMore);
        const events = this.#buffer.take();
        this.#isDue = !this.#buffer.isEmpty;
        this.#makeRoom();
        await this.#append(events);
      }
    } catch (error) {
      this.#lose(error);
    } finally {
      this.#flushing = undefined;
    }
  }

  /**
   * Waits until a window has passed since the last batch was taken. What comes after a longer silence goes at once:
   * the first batch, the first words after a model has thought, the call of a tool and its result.
   */
  async #collect(): Promise<void> {
    const windowMs = this.#options.window.ms();
    const passedMs = this.#clock.now() - this.#takenAt;
    const isDue = passedMs >= windowMs || passedMs < 0; // a clock may be set back
    const isFull = this.#buffer.bytes >= batchBytesMax;
    if (!isDue && !isFull) await this.#clock.sleep(windowMs - passedMs, this.#collecting.signal);
    this.#takenAt = this.#clock.now();
  }

  async #append(events: StreamEvent[]): Promise<void> {
    const { log, runId, writerId, publish } = this.#options;
    const isLast = this.#sealing !== undefined && this.#buffer.isEmpty;
    const seal = isLast ? this.#sealing?.seal : undefined;
    const batch: Batch = { n: this.#n, first: this.#first, events, writer: writerId, ...(seal && { seal }) };
    await log.append(runId, batch);
    this.#n += 1;
    this.#first += events.length;
    this.#written.push(...events);
    if (seal) {
      this.#ended = { seal, events: this.#written };
      this.#end(seal);
    }
    publish?.(runId, batch);
  }

  #makeRoom(): void {
    this.#room.resolve();
    this.#room = Promise.withResolvers();
  }

  #lose(error: unknown): void {
    if (this.#over.signal.aborted) return;
    this.#buffer.clear();
    this.#makeRoom();
    this.#end(error instanceof LogLostError ? error.standing.seal : undefined);
    this.#lost.abort(error);
  }

  #end(standing: Seal | undefined): void {
    this.#standing = standing;
    this.#closeWindow();
    this.#over.abort(noMore);
    this.#collecting.abort(noMore);
  }

  /** Renews the lease, and looks for a seal: a silent model would not notice that it was stopped. */
  async #keepLease(): Promise<void> {
    let waitMs = leaseRenewalSeconds * 1_000;
    for (;;) {
      await this.#clock.sleep(waitMs, this.#over.signal);
      if (this.#over.signal.aborted) return;
      const began = this.#clock.now();
      const isRenewed = await this.#renewLease();
      // A table that is too busy for one renewal may be for two: the lease would not last for a third.
      const againMs = Math.max(0, renewalAgainMs - (this.#clock.now() - began));
      waitMs = isRenewed ? leaseRenewalSeconds * 1_000 : againMs;
      await this.#lookForSeal();
    }
  }

  /** False when nobody knows whether it was. */
  async #renewLease(): Promise<boolean> {
    const { runId, writerId, leases } = this.#options;
    try {
      await leases.renewLease(runId, writerId, this.#clock.now() + leaseSeconds * 1_000);
      return true;
    } catch {
      return false;
    }
  }

  async #lookForSeal(): Promise<void> {
    const { runId, writerId, log } = this.#options;
    try {
      const next = await log.batchAt(runId, this.#n);
      if (next && next.writer !== writerId) this.#lose(new LogLostError(runId, next));
    } catch {
      // The next look comes soon; a log that stays away is noticed by the next append.
    }
  }
}
