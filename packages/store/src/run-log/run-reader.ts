import type { StreamEvent } from '@parley/contract/stream';
import { systemClock, type Clock } from '../clock.ts';
import { RunFeed, type RunFeedOptions } from './run-feed.ts';
import type { Batch } from './batch.ts';
import type { RunLog } from './run-log.ts';
import type { Run } from '../conversations/runs.ts';

/** An event with its number in the run. */
export interface NumberedEvent {
  n: number;
  event: StreamEvent;
}

export interface RunReader {
  /**
   * The run's events from number `from` on, in order, without gap or repetition, as they come to
   * stand in the log, until it is sealed. A run whose writer is gone is sealed as interrupted.
   * Ends early, without an error, when the signal aborts. Guard the run first (`ownedRun`).
   *
   * `isNew`: nothing stands in the log yet, and all that comes is going to be published here. Then the log is not read.
   */
  follow(
    run: Run,
    from?: number,
    signal?: AbortSignal,
    isNew?: boolean,
  ): AsyncGenerator<NumberedEvent, void, undefined>;
  /** Hands over a batch that this process just wrote, so that its readers need not wait for a poll. */
  publish(runId: string, batch: Batch): void;
  /** Runs that are being polled now. */
  readonly polled: number;
}

export interface RunReaderOptions {
  log: RunLog;
  /** Settles and, where the lease has expired, seals runs: the conversation store. */
  runs: RunFeedOptions['runs'];
  /** Default 200: how often an open run is looked at, however many follow it. */
  pollMs?: number;
  clock?: Clock;
}

/** One per process: its readers of one run share one poller. */
export function createRunReader(options: RunReaderOptions): RunReader {
  const { log, runs, pollMs = 200, clock = systemClock } = options;
  const feeds = new Map<string, RunFeed>();

  function join(run: Run): RunFeed {
    const feed = feeds.get(run.runId) ?? new RunFeed({ run, log, runs, pollMs, clock });
    feeds.set(run.runId, feed);
    feed.join();
    return feed;
  }

  function leave(feed: RunFeed): void {
    if (feed.leave() === 0 && feeds.get(feed.runId) === feed) feeds.delete(feed.runId);
  }

  async function* follow(
    run: Run,
    from = 0,
    signal?: AbortSignal,
    isNew = false,
  ): AsyncGenerator<NumberedEvent, void, undefined> {
    const feed = join(run);
    if (isNew) feed.beginAtStart();
    try {
      let batches = isNew ? [] : await log.readFromEvent(run.runId, from);
      let next = batches[0]?.n ?? 0;
      while (!signal?.aborted) {
        for (const batch of batches) {
          for (const numbered of eventsOf(batch, from)) {
            yield numbered;
            if (signal?.aborted) return;
          }
          next = batch.n + 1;
          if (batch.seal) return;
        }
        await feed.reach(next, signal);
        batches = feed.recent(next) ?? (await log.readPage(run.runId, next));
      }
    } finally {
      leave(feed);
    }
  }

  return {
    follow,
    publish: (runId, batch) => feeds.get(runId)?.add([batch]),
    get polled() {
      return feeds.size;
    },
  };
}

function eventsOf(batch: Batch, from: number): NumberedEvent[] {
  return batch.events.map((event, i) => ({ n: batch.first + i, event })).filter(({ n }) => n >= from);
}
