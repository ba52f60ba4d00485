import { appendSteps, crashed, type Progress } from './append.ts';
import type { Step } from './explore.ts';
import { sealOf, type Sealer, type State, type World } from './state.ts';

const sealBy = { stop: 'stopped', settler: 'interrupted' };

/** The steps of run-log.ts `seal` (a stop), and of conversations.ts `settleRun` round it (a settler). */
export function sealerSteps(state: State, sealer: Sealer, world: World): Step<State>[] {
  const { id, at } = sealer;
  if (at === 'done') return [];
  const steps: Step<State>[] = [];
  const add = (name: string, next: State) => steps.push({ name: `${id}: ${name}`, next });
  const go = (change: Partial<Sealer>) => withSealer(state, { ...sealer, ...change });
  const seal = sealOf(state.log.at(-1));
  // A lease that holds changes nothing: the settler looks again, and one day finds it expired.
  if (at === 'look' && seal) add('look', go({ at: 'close', believes: seal }));
  if (at === 'look' && !seal && world.rules.expiredRunsAreSealed) add('lease expired', go({ at: 'last' }));
  if (at === 'last') add('last', seal ? go(ended(sealer, seal)) : go(sealing(state, sealer, world)));
  if (sealer.append) {
    for (const { name, state: after, progress } of appendSteps(state, sealer.append, world)) {
      add(name, withSealer(after, { ...sealer, ...appended(sealer, progress, world) }));
    }
  }
  // runs.ts `closeRun`: the first note of how a run ended stays.
  if (at === 'close') add('close', { ...go({ at: 'done' }), stored: state.stored || sealer.believes });
  if (state.crashes > 0 && at !== 'look') {
    const after = crashed({ ...state, crashes: state.crashes - 1 }, sealer.append);
    add('crash', withSealer(after, givenUp(sealer)));
  }
  return steps;
}

function sealing({ log }: State, { id, kind }: Sealer, { rules }: World): Partial<Sealer> {
  const put = { n: log.length, batch: `${id}=${sealBy[kind]}`, isConditional: rules.sealersPutIfAbsent };
  return { at: 'append', append: { put, at: 'put', attempt: 1 } };
}

function appended(sealer: Sealer, progress: Progress, { rules }: World): Partial<Sealer> {
  if (progress === 'stood') return ended(sealer, sealBy[sealer.kind]);
  if (progress === 'unavailable') return givenUp(sealer);
  if ('put' in progress) return { append: progress };
  return rules.sealersLookAgain ? { at: 'last', append: null } : ended(sealer, sealBy[sealer.kind]);
}

function ended({ kind }: Sealer, seal: string): Partial<Sealer> {
  return { at: kind === 'stop' ? 'done' : 'close', append: null, believes: seal };
}

/** A stop that fails is over; somebody else settles the run anew, by another id. */
function givenUp(sealer: Sealer): Sealer {
  if (sealer.kind === 'stop') return { ...sealer, at: 'done', append: null };
  return { ...sealer, id: `${sealer.id}'`, at: 'look', append: null, believes: '' };
}

function withSealer(state: State, sealer: Sealer): State {
  return { ...state, sealers: state.sealers.map((each) => (each.kind === sealer.kind ? sealer : each)) };
}
