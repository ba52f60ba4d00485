/**
 * How long a run's events are collected before they are written together. One per task, shared
 * by its runs: few open runs get a lively stream, many share what the table takes.
 */
export interface BatchWindow {
  /** Counts a run as open until the returned function is called. */
  open(): () => void;
  /** Milliseconds to collect events now. */
  ms(): number;
}

const shortestMs = 50;
const longestMs = 1_000;
/** Keeps one task near 200 batches a second until the longest window: 10 runs at 50 ms, 200 at 1 s. */
const msPerOpenRun = 5;

export function createBatchWindow(): BatchWindow {
  let openRuns = 0;
  return {
    open: () => {
      openRuns += 1;
      let isOpen = true;
      return () => {
        if (isOpen) openRuns -= 1;
        isOpen = false;
      };
    },
    ms: () => Math.min(longestMs, Math.max(shortestMs, openRuns * msPerOpenRun)),
  };
}
