/**
 * A model of the protocol of a run's log, small enough that every state of it can be visited. Each step is one
 * call that reaches the table, or one decision that an actor makes on its own; the files beside say which function
 * of the real code they mirror, and conformance.test.ts makes that code do the model's steps.
 *
 * Left out: batches of several events (each has one here), the SDK's own attempts (they look like a put that
 * arrives late), failed queries and renewals (like calls that have not come yet), the items of sessions and
 * messages, and how long anything takes. A lease may be found expired at any time, so a paused writer, a slow
 * one, and a clock that is wrong are all the same here.
 */
import { lateSteps } from './append.ts';
import type { Step, System } from './explore.ts';
import { nowhere, readerSteps } from './reader.ts';
import { sealerSteps } from './sealer.ts';
import { endOf, rules, sealOf, writerOf, type Bounds, type Sealer, type State, type World } from './state.ts';
import { writerSteps } from './writer.ts';

export interface Scenario {
  writers: readonly ('A' | 'B')[];
  /** Without one, more of the others can be explored: a reader changes nothing for them. */
  hasReader: boolean;
  sealers: readonly Sealer['kind'][];
  faults: number;
  crashes: number;
  bounds?: Bounds;
}

/** Small enough to visit every state. Two calls that time out are all the attempts of an append. */
const smallest: Bounds = { batches: 2, attempts: 2, kept: 1 };

/** The protocol as a system to explore; `without` switches off rules of it. */
export function protocol(scenario: Scenario, without: Partial<typeof rules> = {}): System<State> {
  const world: World = { rules: { ...rules, ...without }, bounds: scenario.bounds ?? smallest };
  return { initial: initialOf(scenario), steps: (state) => stepsOf(state, world), violation, isGoal };
}

function initialOf({ writers, hasReader, sealers, faults, crashes }: Scenario): State {
  return {
    log: [],
    adrift: [],
    stored: '',
    writers: writers.map((id) => ({ id, status: 'open', n: 0, append: null, believes: '' })),
    sealers: sealers.map((kind) => ({
      id: kind,
      kind,
      at: kind === 'stop' ? 'last' : 'look',
      append: null,
      believes: '',
    })),
    reader: { ...nowhere, shown: [], isDone: !hasReader },
    faults,
    crashes,
  };
}

function stepsOf(state: State, world: World): Step<State>[] {
  return [
    ...state.writers.flatMap((writer) => writerSteps(state, writer, world)),
    ...state.sealers.flatMap((sealer) => sealerSteps(state, sealer, world)),
    ...readerSteps(state, world),
    ...lateSteps(state),
  ];
}

/** The log is sealed, its end is noted, and the client has read it to the end. */
function isGoal({ log, stored, reader }: State): boolean {
  return endOf(log) !== '' && stored !== '' && reader.isDone;
}

/** The laws that every step keeps. */
function violation(state: State, before: State): string | undefined {
  return (
    logProblem(state.log, before.log) ??
    readerProblem(state) ??
    state.writers.map((writer) => loserProblem(state, writer)).find((problem) => problem) ??
    beliefProblem(state)
  );
}

function logProblem(log: readonly string[], before: readonly string[]): string | undefined {
  if (before.some((batch, n) => batch !== '' && log[n] !== batch)) return 'a batch that stood is gone';
  if (log.includes('')) return 'the log has a gap';
  if (log.slice(0, -1).some((batch) => sealOf(batch) !== '')) return 'something stands after the seal';
  const writers = new Set(log.map(writerOf).filter((id) => id === 'A' || id === 'B'));
  return writers.size > 1 ? 'two executions have written' : undefined;
}

function readerProblem({ log, reader: { shown, feed } }: State): string | undefined {
  if (shown.some((batch, n) => batch !== log[n])) return 'the client was shown what does not stand there';
  const oldest = feed.end - feed.recent.length;
  if (feed.recent.some((batch, i) => batch !== log[oldest + i]))
    return 'what was published does not stand there';
  return undefined;
}

function loserProblem({ log }: State, { id, status, n }: State['writers'][number]): string | undefined {
  if (status !== 'lost' && status !== 'gave up') return undefined;
  // One that gave up may have its last put arrive late; one that lost it to another cannot.
  const after = log.slice(status === 'lost' ? n : n + 1);
  return after.some((batch) => writerOf(batch) === id)
    ? 'a batch of a writer stands where it lost'
    : undefined;
}

function beliefProblem({ log, stored, writers, sealers }: State): string | undefined {
  const end = endOf(log);
  if (stored !== '' && stored !== end) return 'the stored end is not the log’s';
  const isWrong = [...writers, ...sealers].some(({ believes }) => believes !== '' && believes !== end);
  return isWrong ? 'somebody believes in another end' : undefined;
}
