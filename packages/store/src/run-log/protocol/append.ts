import { writerOf, type Append, type Put, type State, type World } from './state.ts';

/** How an append goes on: it still tries, its batch stands, another's stands there, or it has given up. */
export type Progress = Append | 'stood' | 'unavailable' | { lostTo: string };

/** The steps of run-log.ts `append` and `put`: one call that reaches the table, or times out. */
export function appendSteps(
  state: State,
  append: Append,
  { rules, bounds }: World,
): { name: string; state: State; progress: Progress }[] {
  const { put } = append;
  const again: Progress =
    append.attempt < bounds.attempts ? { ...append, at: 'put', attempt: append.attempt + 1 } : 'unavailable';
  const faulty = { ...state, faults: state.faults - 1 };
  if (append.at === 'read') {
    const progress = settled(state.log[put.n] ?? '', put, rules.refusalsAreSettled, again);
    const read = { name: 'settle', state, progress };
    return state.faults > 0 ? [read, { name: 'settle times out', state: faulty, progress: again }] : [read];
  }
  const reading: Append = { ...append, at: 'read' };
  const answered = {
    name: 'put',
    state: afterPut(state, put),
    progress: mayStand(put, state.log) ? 'stood' : reading,
  } as const;
  if (state.faults === 0) return [answered];
  let progress: Progress = rules.timeOutsAreSettled ? reading : 'stood';
  if (!rules.retriesKeepTheirNumber) progress = { ...append, put: { ...put, n: put.n + 1 } };
  return [answered, { name: 'put times out', state: setAdrift(faulty, put), progress }];
}

function settled(standing: string, put: Put, isByWriter: boolean, again: Progress): Progress {
  if (standing === '') return again;
  return isByWriter && writerOf(standing) === writerOf(put.batch) ? 'stood' : { lostTo: standing };
}

function mayStand({ n, isConditional }: Put, log: readonly string[]): boolean {
  return !isConditional || !log[n];
}

/** A put has reached the table. */
function afterPut(state: State, put: Put): State {
  if (!mayStand(put, state.log)) return state;
  const log = [...state.log];
  while (log.length < put.n) log.push('');
  log[put.n] = put.batch;
  return { ...state, log, adrift: state.adrift.filter((each) => each !== put && mayStand(each, log)) };
}

/** Leaves a put to itself: it may still happen. */
function setAdrift(state: State, put: Put): State {
  const isKnown = state.adrift.some(({ n, batch }) => n === put.n && batch === put.batch);
  if (isKnown || !mayStand(put, state.log)) return state;
  const adrift = [...state.adrift, put].sort((a, b) => a.n - b.n || (a.batch < b.batch ? -1 : 1));
  return { ...state, adrift };
}

/** What a crash leaves of an append: its put may have been sent. */
export function crashed(state: State, append: Append | null): State {
  return append?.at === 'put' ? setAdrift(state, append.put) : state;
}

/** A put that nobody waits for reaches the table at last. */
export function lateSteps(state: State): { name: string; next: State }[] {
  return state.adrift.map((put) => ({
    name: `late: ${put.batch} at ${put.n}`,
    next: afterPut(state, put),
  }));
}
