/** The process of the tables: two ways to the same data, one of them with faults. */
import { listenAsDynamoDb } from '../dynamodb/server.ts';
import { serve } from '../peer.ts';
import { createRandom } from './random.ts';
import { FaultyTable } from './table-faults.ts';

let faulty: FaultyTable | undefined;

const duties = {
  listen: async () => ({
    safe: await listenAsDynamoDb(),
    faulty: await listenAsDynamoDb((operation, request, answer) =>
      faulty ? faulty.front(operation, request, answer) : answer(),
    ),
  }),
  /** From now on calls go wrong. */
  beginFaults: ({ seed }: { seed: number }) => {
    faulty = new FaultyTable(createRandom(seed));
  },
  /** From now on none does; how many did. */
  endFaults: () => {
    const counts = faulty?.counts;
    faulty = undefined;
    return counts;
  },
};
export type TableDuties = typeof duties;
serve(duties);
