import type { Seal } from '@parley/contract/run';
import type { StreamEvent } from '@parley/contract/stream';

/** Some events of a run, written at once. Batches are numbered 0, 1, 2, … and events too. */
export interface Batch {
  /** Number of the batch in its run. */
  n: number;
  /** Number of its first event in the run. */
  first: number;
  events: StreamEvent[];
  /** Who wrote it: one id per execution of a run, and one per attempt to seal. */
  writer: string;
  /** Only on the last batch of a run: how the run ended. */
  seal?: Seal;
}

/** About how much memory the events of a batch take, in characters: text for the most part. */
export function eventChars({ events }: Batch): number {
  return events.reduce((sum, event) => sum + charsOf(event), 0);
}

function charsOf(event: StreamEvent): number {
  return event.type === 'text-delta' ? event.delta.length : JSON.stringify(event).length;
}
