/** Kills and pauses processes of the service until it is told to end. */
import { setTimeout as delay } from 'node:timers/promises';
import { leaseSeconds } from '@parley/store/conversations';
import type { Random } from './random.ts';
import type { Replica } from './services.ts';

export interface ChaosCounts {
  kills: number;
  /** Pauses that were longer than a lease, and shorter ones. */
  longPauses: number;
  shortPauses: number;
}

export interface Chaos {
  /** Brings every process back, and resolves when all are. At least one has been killed and one paused by then. */
  end(): Promise<ChaosCounts>;
}

/** Milliseconds between two kills, and between two pauses, at least and at most. */
const killEveryMs = [8_000, 24_000] as const;
const pauseEveryMs = [4_000, 12_000] as const;

/** One process at a time is killed and one paused; of three, one works on. */
export function beginChaos(replicas: readonly Replica[], random: Random): Chaos {
  const counts: ChaosCounts = { kills: 0, longPauses: 0, shortPauses: 0 };
  const ended = new AbortController();
  const busy = new Set<Replica>();
  const wait = (ms: number) => delay(ms, undefined, { signal: ended.signal }).catch(() => undefined);
  const withOne = async (work: (replica: Replica) => Promise<void>): Promise<void> => {
    const replica = random.of(replicas.filter((each) => !busy.has(each)));
    busy.add(replica);
    await work(replica);
    busy.delete(replica);
  };

  async function killing(): Promise<void> {
    await wait(3_000);
    do {
      await withOne(async (replica) => {
        await replica.kill();
        counts.kills += 1;
        await wait(random.between(0, 4_000));
        await replica.restart();
      });
      await wait(random.between(...killEveryMs));
    } while (!ended.signal.aborted);
  }

  async function pausing(): Promise<void> {
    await wait(2_000);
    do {
      const isLong = counts.longPauses === 0 || random.chance(0.6);
      await withOne(async (replica) => {
        replica.pause();
        if (isLong) await delay((leaseSeconds + random.between(1, 5)) * 1_000);
        else await wait(random.between(500, 5_000));
        replica.resume();
        counts[isLong ? 'longPauses' : 'shortPauses'] += 1;
      });
      await wait(random.between(...pauseEveryMs));
    } while (!ended.signal.aborted);
  }

  const working = Promise.all([killing(), pausing()]);
  working.catch(() => undefined); // `end` tells
  return {
    end: async () => {
      ended.abort();
      await working;
      return counts;
    },
  };
}
