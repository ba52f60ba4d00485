/**
 * The states of the model of a run's log. Each batch has one event, so both have one number.
 * A batch is written as its writer's id, `A`, or with how it seals the log, `A=finished`.
 */
export interface State {
  /** What stands in the table, by number; '' where nothing stands. */
  log: string[];
  /** Puts whose sender waits no longer: it timed out or died. Each may still happen, or never; those that can
   *  only be refused are left out. */
  adrift: Put[];
  /** How the run ended, as noted in its item. */
  stored: string;
  writers: Writer[];
  sealers: Sealer[];
  reader: Reader;
  /** Calls that may still go wrong, and actors that may still crash. */
  faults: number;
  crashes: number;
}

export interface Put {
  n: number;
  batch: string;
  isConditional: boolean;
}

/** An append on its way: it puts, and where that says nothing or no, it reads whose batch stands. */
export interface Append {
  put: Put;
  at: 'put' | 'read';
  attempt: number;
}

/** One execution of the run. A paused one is one whose steps just do not come for a while. */
export interface Writer {
  id: string;
  status: 'open' | 'ended' | 'lost' | 'gave up' | 'dead';
  /** Number of the next batch. */
  n: number;
  append: Append | null;
  /** How it believes that the run ended. */
  believes: string;
}

/** A user's stop, or whoever finds a lease expired and settles the run. */
export interface Sealer {
  id: string;
  kind: 'stop' | 'settler';
  at: 'look' | 'last' | 'append' | 'close' | 'done';
  append: Append | null;
  believes: string;
}

/** One client, and the process that serves it now. */
export interface Reader {
  /** `A`: the process of that writer, which publishes to it. `other`: it only polls. '' : not connected. */
  at: '' | 'A' | 'other';
  /** What the client has been sent. Of that, a crash leaves it any part that begins with the first. */
  shown: string[];
  isDone: boolean;
  feed: Feed;
}

/** What that process knows of the log's end. */
export interface Feed {
  /** First batch not known to stand; -1 until somebody waits. */
  end: number;
  recent: string[];
  isSealed: boolean;
  /** What a poll has read, from which number on, before its answer is taken in. */
  polled: { n: number; batches: string[] } | null;
}

/** The rules of the protocol. Each is true of Parley; without it the checker must find what breaks. */
export const rules = {
  /** run-log.ts `put`: only where nothing stands. */
  writersPutIfAbsent: true,
  /** run-log.ts `seal`: the same. */
  sealersPutIfAbsent: true,
  /** run-log.ts `put`: a put without an answer is settled by reading; it did not just happen. */
  timeOutsAreSettled: true,
  /** run-log.ts `append`: what has not arrived is put again under its own number, not the next one. */
  retriesKeepTheirNumber: true,
  /** run-log.ts `append`: one's own id there means that one's own put arrived before. */
  refusalsAreSettled: true,
  /** run-writer.ts `#lose`: whoever loses a put writes no more. */
  losersStop: true,
  /** run-writer.ts `#append`: published once it stands. */
  publishesWhatStands: true,
  /** run-log.ts `seal`: whoever loses the put of a seal looks at the new end. */
  sealersLookAgain: true,
  /** conversations.ts `settleRun`: whoever finds a lease expired seals the log. */
  expiredRunsAreSealed: true,
  /** run-feed.ts `add`: only the batch that comes next. */
  feedsTakeOnlyTheNext: true,
  /** run-feed.ts `#poll`: what is published is never all there is. */
  feedsPoll: true,
  /** resume-point.ts: a client that comes again continues after the last event it has. */
  resumesAfterTheLast: true,
  /** run-reader.ts `follow`: the seal is the end. */
  readersEndAtTheSeal: true,
};
export type Rules = typeof rules;

/** How large a world is explored. */
export interface Bounds {
  /** Batches that a writer writes at most before it finishes. */
  batches: number;
  /** Attempts of an append; the real log makes 5. */
  attempts: number;
  /** Batches that a feed keeps; the real one keeps 32. */
  kept: number;
}

export interface World {
  rules: Rules;
  bounds: Bounds;
}

export function sealOf(batch: string | undefined): string {
  const at = batch?.indexOf('=') ?? -1;
  return at === -1 ? '' : batch!.slice(at + 1);
}

export function writerOf(batch: string | undefined): string {
  const at = batch?.indexOf('=') ?? -1;
  return at === -1 ? (batch ?? '') : batch!.slice(0, at);
}

/** The seal that stands, if any. */
export function endOf(log: readonly string[]): string {
  return sealOf(log.find((batch) => sealOf(batch) !== ''));
}
