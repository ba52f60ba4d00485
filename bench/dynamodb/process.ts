/**
 * The tables in a process of their own. The embedded DynamoDB of the tests takes about a thousand calls a second on one
 * core, fewer than a thousand streams make: it would be measured, not the service.
 */
import { serve } from '../peer.ts';
import { listenAsDynamoDb } from './server.ts';

let calls = 0;

const duties = {
  listen: () =>
    listenAsDynamoDb((_, __, answer) => {
      calls += 1;
      return answer();
    }),
  /** How many calls there have been. */
  calls: () => calls,
};
export type DynamoDbDuties = typeof duties;
serve(duties);
