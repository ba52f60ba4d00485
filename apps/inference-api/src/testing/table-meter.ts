import {
  Agent,
  createServer,
  request as send,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What calls of one kind cost. */
export interface Cost {
  calls: number;
  /** DynamoDB's: a write unit is 1 KB of an item, a (consistent) read unit 4 KB of what was read. */
  units: number;
  /** Of requests and answers as they go over the wire, without headers. */
  bytes: number;
}

/** Stands before a DynamoDB and counts what passes. */
export interface TableMeter {
  endpoint: string;
  /** Since the last time, by operation, such as `PutItem`; then it begins anew. */
  take(): Record<string, Cost>;
  /** Calls that ended since. */
  readonly calls: number;
  /** Calls under way. */
  readonly open: number;
  close(): Promise<void>;
}

/**
 * Units are those that the DynamoDB itself says that it has consumed; what was refused or found nothing
 * counts as one, as DynamoDB bills it.
 */
export async function startTableMeter(target: string): Promise<TableMeter> {
  const agent = new Agent({ keepAlive: true });
  let costs: Record<string, Cost> = {};
  let open = 0;
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { operation, bytes, answer } = await forward(target, agent, incoming);
    const cost = (costs[operation] ??= { calls: 0, units: 0, bytes: 0 });
    cost.calls += 1;
    cost.units += unitsOf(answer.body);
    cost.bytes += bytes + answer.body.length;
    outgoing.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const server = createServer((incoming, outgoing) => {
    open += 1;
    void pass(incoming, outgoing)
      .catch(() => outgoing.destroy())
      .finally(() => (open -= 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    take() {
      const taken = costs;
      costs = {};
      return taken;
    },
    get calls() {
      return Object.values(costs).reduce((sum, { calls }) => sum + calls, 0);
    },
    get open() {
      return open;
    },
    async close() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Forwarded {
  operation: string;
  /** Of the request as it came. */
  bytes: number;
  answer: { status: number; headers: IncomingHttpHeaders; body: Buffer };
}

/** Passes a request on, and has the DynamoDB say what it consumed. */
async function forward(target: string, agent: Agent, incoming: IncomingMessage): Promise<Forwarded> {
  const operation = String(incoming.headers['x-amz-target']).split('.').at(-1)!;
  const asked = await buffer(incoming);
  const call = JSON.parse(asked.toString()) as object;
  const body = JSON.stringify({ ...call, ReturnConsumedCapacity: 'TOTAL' });
  const headers = { ...incoming.headers, 'content-length': Buffer.byteLength(body) };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    send(target, { method: 'POST', agent, headers }, resolve).on('error', reject).end(body);
  });
  const answer = { status: response.statusCode!, headers: response.headers, body: await buffer(response) };
  return { operation, bytes: asked.length, answer };
}

function unitsOf(answer: Buffer): number {
  const { ConsumedCapacity } = JSON.parse(answer.toString()) as {
    ConsumedCapacity?: { CapacityUnits: number };
  };
  return Math.max(1, ConsumedCapacity?.CapacityUnits ?? 1);
}
