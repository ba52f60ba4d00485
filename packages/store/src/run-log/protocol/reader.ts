import type { Step } from './explore.ts';
import { sealOf, type Feed, type Reader, type State, type World } from './state.ts';

/** A reader that nobody serves. */
export const nowhere = {
  at: '' as const,
  feed: { end: -1, recent: [], isSealed: false, polled: null },
};

/** The steps of run-reader.ts `follow` and of run-feed.ts, for one client that may come again. */
export function readerSteps(state: State, world: World): Step<State>[] {
  const { reader, log } = state;
  const { at, feed, shown } = reader;
  if (reader.isDone) return [];
  const steps: Step<State>[] = [];
  const add = (name: string, change: Partial<Reader>, rest: Partial<State> = {}) =>
    steps.push({ name: `reader: ${name}`, next: { ...state, ...rest, reader: { ...reader, ...change } } });
  if (at === '') {
    const isUp = state.writers.some(({ id, status }) => id === 'A' && status !== 'dead');
    const opened = emitted(reader, standing(log, resumePoint(reader, world)), world);
    add('connect to other', { at: 'other', ...opened });
    if (isUp) add('connect to A', { at: 'A', ...opened });
    return steps;
  }
  const inHand = taken(state);
  if (inHand.length > 0) add('emit', emitted(reader, inHand, world));
  if (feed.end === -1) add('wait', { feed: { ...feed, end: shown.length } });
  else if (feed.polled) add('poll answers', { feed: answered(feed, world) });
  else if (!feed.isSealed && world.rules.feedsPoll) {
    add('poll', { feed: { ...feed, polled: { n: feed.end, batches: standing(log, feed.end) } } });
  }
  if (state.crashes > 0) {
    for (let received = 0; received <= shown.length; received += 1) {
      const change = { ...nowhere, shown: shown.slice(0, received) };
      add(`crash after ${received}`, change, { crashes: state.crashes - 1 });
    }
  }
  return steps;
}

/** resume-point.ts: after the last event the client has. One that has the seal's event finds no more. */
function resumePoint({ shown }: Reader, { rules }: World): number {
  return Math.max(0, shown.length - (rules.resumesAfterTheLast ? 0 : 1));
}

/** `reach`, then `recent`, or else a read of the log. */
function taken({ log, reader: { feed, shown } }: State): string[] {
  const next = shown.length;
  if (feed.end <= next) return [];
  const oldest = feed.end - feed.recent.length;
  return oldest <= next ? feed.recent.slice(next - oldest) : standing(log, next);
}

function emitted({ shown }: Reader, batches: readonly string[], { rules }: World): Partial<Reader> {
  const isDone = rules.readersEndAtTheSeal && sealOf(batches.at(-1)) !== '';
  return { shown: [...shown, ...batches], ...(isDone && { ...nowhere, isDone }) };
}

/** run-log.ts `read`: from a number on, up to the first gap. */
function standing(log: readonly string[], from: number): string[] {
  const batches = log.slice(from);
  const gap = batches.indexOf('');
  return gap === -1 ? batches : batches.slice(0, gap);
}

/** `RunReader.publish`: a writer hands a batch to the readers of its own process. */
export function publish(state: State, writer: string, n: number, batch: string, world: World): State {
  const { reader } = state;
  if (reader.at !== writer) return state;
  return { ...state, reader: { ...reader, feed: fed(reader.feed, n, [batch], world) } };
}

/** `RunFeed.#look`: what the read found may have been published meanwhile. */
function answered(feed: Feed, world: World): Feed {
  const { n, batches } = feed.polled!;
  return fed({ ...feed, polled: null }, n, batches, world);
}

/** `RunFeed.add`. */
function fed(feed: Feed, n: number, batches: readonly string[], { rules, bounds }: World): Feed {
  let now = feed;
  for (const [i, batch] of batches.entries()) {
    const isNext = n + i === now.end || (!rules.feedsTakeOnlyTheNext && n + i > now.end);
    if (now.end === -1 || !isNext) continue;
    const recent = [...now.recent, batch].slice(-bounds.kept);
    now = { ...now, recent, end: now.end + 1, isSealed: sealOf(batch) !== '' };
  }
  return now;
}
