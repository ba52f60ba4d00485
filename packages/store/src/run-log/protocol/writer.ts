import { appendSteps, crashed, type Progress } from './append.ts';
import type { Step } from './explore.ts';
import { nowhere, publish } from './reader.ts';
import { sealOf, writerOf, type State, type World, type Writer } from './state.ts';

/** The steps of run-writer.ts, as apps/inference-api's host.ts drives it. */
export function writerSteps(state: State, writer: Writer, world: World): Step<State>[] {
  const { id, n, append } = writer;
  const steps: Step<State>[] = [];
  const add = (name: string, next: State) => steps.push({ name: `${id}: ${name}`, next });
  const begin = (batch: string): State => {
    const put = { n, batch, isConditional: world.rules.writersPutIfAbsent };
    const begun = withWriter(state, { ...writer, append: { put, at: 'put', attempt: 1 } });
    return world.rules.publishesWhatStands ? begun : publish(begun, id, n, batch, world);
  };
  if (writer.status === 'open') {
    if (!append && n < world.bounds.batches) add('write', begin(id));
    if (!append) add('finish', begin(`${id}=finished`));
    // `#keepLease`: a look that finds no other's batch changes nothing.
    const standing = state.log[n];
    if (standing && writerOf(standing) !== id) add('look', lose(state, writer, standing, world));
    if (state.crashes > 0) add('crash', afterCrash(state, writer));
  }
  if (append) {
    for (const { name, state: after, progress } of appendSteps(state, append, world)) {
      add(name, appended(after, writer, progress, world));
    }
  }
  return steps;
}

/** `#append` and `#lose`. */
function appended(state: State, writer: Writer, progress: Progress, world: World): State {
  if (typeof progress === 'object' && 'put' in progress)
    return withWriter(state, { ...writer, append: progress });
  const { id, n } = writer;
  const { put } = writer.append!;
  const idle: Writer = { ...writer, append: null };
  if (progress === 'unavailable') return withWriter(state, over(idle, 'gave up', ''));
  if (progress !== 'stood') {
    return world.rules.losersStop
      ? lose(state, idle, progress.lostTo, world)
      : withWriter(state, { ...idle, n: n + 1 });
  }
  const seal = sealOf(put.batch);
  const next: Writer = { ...idle, n: n + 1 };
  return publish(withWriter(state, seal ? over(next, 'ended', seal) : next), id, n, put.batch, world);
}

/** `#lose`, and host.ts `publishWinner`. A put still on its way is forgotten: it can only be refused. */
function lose(state: State, writer: Writer, standing: string, world: World): State {
  return publish(
    withWriter(state, over({ ...writer, append: null }, 'lost', sealOf(standing))),
    writer.id,
    writer.n,
    standing,
    world,
  );
}

function over(writer: Writer, status: 'ended' | 'lost' | 'gave up', believes: string): Writer {
  return { ...writer, status, believes };
}

/** The process dies, and with it what it serves. */
function afterCrash(state: State, writer: Writer): State {
  const dead: Writer = { ...writer, status: 'dead', append: null };
  const after = withWriter(crashed({ ...state, crashes: state.crashes - 1 }, writer.append), dead);
  return after.reader.at === writer.id ? { ...after, reader: { ...after.reader, ...nowhere } } : after;
}

function withWriter(state: State, writer: Writer): State {
  return { ...state, writers: state.writers.map((each) => (each.id === writer.id ? writer : each)) };
}
