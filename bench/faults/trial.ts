/** Streams without faults, then streams with them, on the same processes. */
import { startPeer } from '../peer.ts';
import { beginChaos, type ChaosCounts } from './chaos.ts';
import type { ClientDuties, Judged } from './clients.ts';
import type { FaultOptions } from './options.ts';
import { createRandom } from './random.ts';
import { startReplica, type Replica } from './services.ts';
import type { TableFault } from './table-faults.ts';
import type { TableDuties } from './table.ts';

/** What came of some streams, and what they took. */
export interface Outcome extends Judged {
  seconds: number;
  /** Processor time of the three processes, in milliseconds. */
  cpuMs: number;
}

export interface Trial {
  baseline: Outcome;
  faulty: Outcome;
  chaos: ChaosCounts;
  table: Record<TableFault, number>;
}

const processes = 3;
/** Said by the tool's result, a word at a time: some four seconds an answer. */
const answer = { words: 40, wordDelayMs: 90 };

export async function runTrial(options: FaultOptions, progress: (text: string) => void): Promise<Trial> {
  const { streams, concurrency, seed } = options;
  const table = startPeer<TableDuties>(new URL('table.ts', import.meta.url));
  const clients = startPeer<ClientDuties>(new URL('clients.ts', import.meta.url));
  const replicas: Replica[] = [];
  try {
    const { safe, faulty } = await table.call('listen');
    const environment = await clients.call('open', { safe, services: faulty, ...answer });
    while (replicas.length < processes) replicas.push(await startReplica(environment));
    const urls = replicas.map(({ url }) => url);
    const outcomeOf = (count: number, isFaulty: boolean) =>
      measured(replicas, async () => {
        await clients.call('run', { urls, streams: count, concurrency, seed, isFaulty });
      });

    const few = Math.max(20, Math.round(streams / 20));
    progress(`${few} streams without faults`);
    const calm = await outcomeOf(few, false);
    const baseline = { ...calm, ...(await clients.call('judge')) };
    progress(`${streams} streams with faults`);
    await table.call('beginFaults', { seed });
    const chaos = beginChaos(replicas, createRandom(seed, -2));
    const hard = await outcomeOf(streams, true);
    const counts = await chaos.end();
    const faults = (await table.call('endFaults'))!;
    progress('judging');
    return { baseline, faulty: { ...hard, ...(await clients.call('judge')) }, chaos: counts, table: faults };
  } finally {
    await Promise.all([...replicas.map((each) => each.stop()), table.stop(), clients.stop()]);
  }
}

async function measured(replicas: readonly Replica[], work: () => Promise<void>) {
  const cpuOfAll = async () =>
    (await Promise.all(replicas.map((each) => each.cpuMs()))).reduce((a, b) => a + b);
  const [began, before] = [performance.now(), await cpuOfAll()];
  await work();
  return { seconds: (performance.now() - began) / 1_000, cpuMs: (await cpuOfAll()) - before };
}
