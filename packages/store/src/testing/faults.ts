import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** One call of a client, as a fault decides about it. */
export interface Call {
  command: 'Get' | 'Put' | 'Update' | 'Query';
  input: Record<string, unknown>;
  /** Number of the call among those of this client, from 0. */
  number: number;
}

/**
 * - `not-sent`: the table never hears of the call, and the caller gets a time-out.
 * - `answer-lost`: the call takes effect, and the caller gets a time-out.
 * - `fault`: the service answers that it failed.
 */
export type Fault = 'not-sent' | 'answer-lost' | 'fault';

/** Puts faults in the way of every call of this client, behind the SDK's own retries. */
export function withFaults(
  client: DynamoDBClient,
  decide: (call: Call) => Fault | undefined | Promise<Fault | undefined>,
): DynamoDBClient {
  let number = 0;
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const input = args.input as unknown as Record<string, unknown>;
        const fault = await decide({ command: commandOf(commandName), input, number: number++ });
        if (fault === 'not-sent') throw timeout();
        if (fault === 'fault')
          throw Object.assign(new Error('internal'), { name: 'InternalServerError', $fault: 'server' });
        const answer = await next(args);
        if (fault === 'answer-lost') throw timeout();
        return answer;
      },
    { step: 'initialize', name: 'faults' },
  );
  return client;
}

function commandOf(commandName: string): Call['command'] {
  return commandName.replace(/(Item)?Command$/, '') as Call['command'];
}

function timeout(): Error {
  return Object.assign(new Error('no answer'), { name: 'TimeoutError' });
}
