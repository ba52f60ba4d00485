import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { withFaults } from '../../testing/faults.ts';
import type { TestTables } from '../../testing/tables.ts';
import { Gate } from './gate.ts';

/** A client per party, made once; the gate of the trace that is replayed is behind each. */
export class Clients {
  gate = new Gate();
  readonly #tables: TestTables;
  readonly #clients = new Map<string, DynamoDBClient>();
  #inFlight = 0;

  constructor(tables: TestTables) {
    this.#tables = tables;
  }

  of(party: string): { client: DynamoDBClient; tableName: string } {
    const client = this.#clients.get(party) ?? this.#gated(party);
    this.#clients.set(party, client);
    return { client, tableName: this.#tables.conversationsTable };
  }

  /** Past the gate. */
  get open(): { client: DynamoDBClient; tableName: string } {
    return { client: this.#tables.client, tableName: this.#tables.conversationsTable };
  }

  #gated(party: string): DynamoDBClient {
    const client = this.#tables.newClient();
    client.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        if (party === 'reader') await this.gate.answer(party);
        return answer;
      },
      { step: 'initialize', priority: 'high', name: 'late-answers' },
    );
    withFaults(client, (call) => this.gate.call(party, call));
    client.middlewareStack.add(
      (next) => async (args) => {
        this.#inFlight += 1;
        try {
          return await next(args);
        } finally {
          this.#inFlight -= 1;
        }
      },
      { step: 'initialize', name: 'in-flight' },
    );
    return client;
  }

  /** Waits until everybody waits at the gate, or is done. */
  async quiet(): Promise<void> {
    for (let turns = 0; turns < 6; turns += 1) {
      await nextTurn();
      if (this.#inFlight > 0) turns = 0;
    }
  }
}
