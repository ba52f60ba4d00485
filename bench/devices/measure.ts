import { serviceEnvironment } from '@parley/inference-api/testing/child';
import { startWorld, type World } from '@parley/inference-api/testing/world';
import { routePath } from '@parley/contract/routes';
import { parseEventId } from '@parley/contract/stream';
import type { DynamoDbDuties } from '../dynamodb/process.ts';
import { startPeer, type Peer } from '../peer.ts';
import { startService, type RunningService } from '../stream/service.ts';
import { Arrivals, readStream } from './device.ts';

/** Two processes of the service, near and far, and what stands behind them. */
export interface TwoProcesses {
  world: World;
  near: RunningService;
  far: RunningService;
  stop(): Promise<void>;
}

export interface Answers {
  /** Runs that are open at the same time, all on the near process. */
  runs: number;
  words: number;
  /** Words per second of each run. */
  pace: number;
}

/** Milliseconds that an event came later to a second device than to the one that asked. */
export interface Lags {
  /** At the same process. */
  near: number[];
  /** At the other process. */
  far: number[];
}

export async function startTwoProcesses(): Promise<TwoProcesses> {
  const dynamoDb: Peer<DynamoDbDuties> = startPeer(new URL('../dynamodb/process.ts', import.meta.url));
  const world = await startWorld({ dynamoDb: await dynamoDb.call('listen') });
  const keys = await world.issuer.serveKeys();
  const environment = serviceEnvironment(world, keys.url);
  const [near, far] = await Promise.all([startService({ environment }), startService({ environment })]);
  return {
    world,
    near,
    far,
    stop: async () => {
      await Promise.all([near.stop(), far.stop(), keys.close()]);
      await world.close();
      await dynamoDb.stop();
    },
  };
}

/** Lets so many runs answer at once, each before three devices, and says how far behind the other two were. */
export async function measureLags(processes: TwoProcesses, { runs, words, pace }: Answers): Promise<Lags> {
  const { world } = processes;
  const summary = Array.from({ length: words }, (_, i) => `word${i}`).join(' ');
  world.forecast.handler = ({ place }) => ({ place, summary });
  const model = { provider: 'demo' as const, wordDelayMs: Math.round(1_000 / pace) };
  await world.catalog.setOverride('app', 'weather', { model });
  const sessions = await Promise.all(Array.from({ length: runs }, () => world.createSession()));
  const all = await Promise.all(sessions.map(({ id }) => lagsOf(processes, id)));
  return { near: all.flatMap(({ near }) => near), far: all.flatMap(({ far }) => far) };
}

async function lagsOf({ world, near, far }: TwoProcesses, sessionId: string): Promise<Lags> {
  const headers = await world.issuer.headers({ sub: 'alice' });
  const [asking, beside, elsewhere] = [new Arrivals(), new Arrivals(), new Arrivals()];
  const start = {
    url: near.url + routePath('startRun', { sessionId }),
    method: 'POST' as const,
    headers: { ...headers, 'idempotency-key': sessionId, 'content-type': 'application/json' },
    body: JSON.stringify({ parentId: null, text: 'What will the weather be in Lisbon?' }),
  };
  const asked = readStream(start, asking);
  const runId = parseEventId(await Promise.race([asking.firstId, asked.then(() => asking.firstId)]))!.runId;
  const follow = (service: RunningService, arrivals: Arrivals) =>
    readStream({ url: service.url + routePath('runEvents', { runId }), method: 'GET', headers }, arrivals);
  await Promise.all([asked, follow(near, beside), follow(far, elsewhere)]);
  return { near: behind(asking, beside), far: behind(asking, elsewhere) };
}

/** Of the events that came to the first device while the second was following: what stood before was replayed. */
function behind(first: Arrivals, second: Arrivals): number[] {
  if (first.at.size !== second.at.size) {
    throw new Error(`one device saw ${first.at.size} events of a run, another ${second.at.size}`);
  }
  const since = Math.min(...second.at.values());
  return [...first.at].flatMap(([n, at]) => (at > since ? [Math.max(0, second.at.get(n)! - at)] : []));
}
